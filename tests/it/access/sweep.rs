//! The sweep: foreign ids on every argument. What is hidden and what does not exist give the same bytes.

use serde_json::{Value, json};
use verbund_tests::client::unknown;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["access::sweep";
        hidden_and_unknown_ids_give_the_same_bytes_everywhere,
        no_answer_to_the_outsider_carries_a_hidden_word,
        asking_for_a_hidden_column_finds_nothing,
    ]
}

/// Every ID argument of an input object: the kind of object, or why it needs no sweep.
pub const ARGUMENTS: &[(&str, &str)] = &[
    ("AgreementChangeInput.leaves", "public"),
    ("AgreementDraftInput.fieldsOfWork", "public"),
    ("AgreementDraftInput.parties", "public"),
    ("AgreementDraftInput.tenant", "public"),
    ("AgreementEndInput.id", "agreement.a"),
    ("AgreementEndInput.tenant", "public"),
    ("AgreementPreviewInput.agreement", "preview: hidden and unknown ones are refused alike"),
    ("AgreementPreviewInput.tenant", "public"),
    ("AgreementProposeInput.id", "agreement.a"),
    ("AgreementSignInput.id", "agreement.a"),
    ("AgreementSignInput.tenant", "public"),
    ("AgreementTermsInput.fieldsOfWork", "public"),
    ("AnnualPlanCreateInput.calendars", "calendar.oal.counselling"),
    ("AnnualPlanCreateInput.tenant", "public"),
    ("AnnualPlanSubmitInput.id", "plan.oal"),
    ("AnnualPlanSubmitInput.round", "round.b"),
    ("AnnualPlanUpdateInput.calendars", "calendar.oal.counselling"),
    ("AnnualPlanUpdateInput.id", "plan.oal"),
    ("AnnualPlanWithdrawInput.id", "plan.oal"),
    ("AnnualPlanWithdrawInput.round", "round.b"),
    ("AuditFilter.object", "no door: a filter on rows in sight"),
    ("AuditFilter.tenants", "public"),
    ("CalendarArchiveInput.id", "calendar.oal.counselling"),
    ("CalendarCreateInput.fieldOfWork", "public"),
    ("CalendarCreateInput.tenant", "public"),
    ("CalendarEntryCancelInput.id", "entry.oal.counselling.day"),
    ("CalendarEntryCreateInput.calendar", "calendar.oal.counselling"),
    ("CalendarEntryCreateInput.fieldOfWork", "public"),
    ("CalendarEntryCreateInput.place", "public"),
    ("CalendarEntryFilter.calendars", "calendar.oal.counselling"),
    ("CalendarEntryFilter.fieldsOfWork", "public"),
    ("CalendarEntryFilter.places", "public"),
    ("CalendarEntryFilter.tenants", "public"),
    ("CalendarEntryUpdateInput.fieldOfWork", "public"),
    ("CalendarEntryUpdateInput.id", "entry.oal.counselling.day"),
    ("CalendarEntryUpdateInput.place", "public"),
    ("CalendarImportInput.calendar", "calendar.oal.counselling"),
    ("CalendarUpdateInput.id", "calendar.oal.counselling"),
    ("ChangeProposalAcceptInput.id", "proposal.b"),
    ("ChangeProposalCounterInput.id", "proposal.b"),
    ("ChangeProposalCreateInput.entry", "entry.oal.counselling.day"),
    ("ChangeProposalCreateInput.round", "round.b"),
    ("ChangeProposalCreateInput.tenant", "public"),
    ("ChangeProposalDeclineInput.id", "proposal.b"),
    ("ChangeProposalWithdrawInput.id", "proposal.b"),
    ("CommentCreateInput.about", "entry.oal.counselling.day"),
    ("CommentCreateInput.round", "round.b"),
    ("CommentCreateInput.tenant", "public"),
    ("ConflictAcknowledgeInput.conflict", "no id of an object"),
    ("ConflictAcknowledgeInput.entry", "entry.oal.counselling.day"),
    ("ConflictAcknowledgeInput.round", "round.b"),
    ("ConflictsOf.entry", "entry.oal.counselling.day"),
    ("ConflictsOf.round", "round.b"),
    ("CoordinationRoundCloseInput.id", "round.b"),
    ("CoordinationRoundCloseInput.tenant", "public"),
    ("CoordinationRoundOpenInput.agreement", "agreement.a"),
    ("CoordinationRoundOpenInput.tenant", "public"),
    ("CoordinationRoundStartInput.id", "round.b"),
    ("CoordinationRoundStartInput.tenant", "public"),
    ("CoordinationRoundUpdateInput.id", "round.b"),
    ("DataRequestCreateInput.agreement", "agreement.a"),
    ("DataRequestCreateInput.dataset", "dataset.oal.leavers"),
    ("DataRequestCreateInput.tenant", "public"),
    ("DataRequestCreateInput.to", "public"),
    ("DataRequestGrantInput.dataset", "sharing: hidden and unknown ones are refused alike"),
    ("DataRequestGrantInput.id", "sharing: hidden and unknown ones are refused alike"),
    ("DataRequestRefuseInput.id", "sharing: hidden and unknown ones are refused alike"),
    ("DataRequestWithdrawInput.id", "sharing: hidden and unknown ones are refused alike"),
    ("DatasetAccessChangeInput.id", "dataset.oal.leavers"),
    ("DatasetCreateInput.fieldOfWork", "public"),
    ("DatasetCreateInput.tenant", "public"),
    ("DatasetDownloadTicketInput.version", "sharing: hidden and unknown ones are refused alike"),
    ("DatasetFilter.fieldsOfWork", "public"),
    ("DatasetFilter.tenants", "public"),
    ("DatasetIndicatorsSetInput.id", "dataset.oal.leavers"),
    ("DatasetReleaseApproveInput.id", "sharing: hidden and unknown ones are refused alike"),
    ("DatasetReleaseDeclineInput.id", "sharing: hidden and unknown ones are refused alike"),
    ("DatasetReleaseProposeInput.dataset", "dataset.oal.leavers"),
    ("DatasetImportCancelInput.id", "sharing: hidden and unknown ones are refused alike"),
    ("DatasetImportInput.dataset", "dataset.oal.leavers"),
    ("DatasetUpdateInput.id", "dataset.oal.leavers"),
    ("DatasetUploadTicketInput.dataset", "dataset.oal.leavers"),
    ("DatasetVersionPublishInput.id", "sharing: hidden and unknown ones are refused alike"),
    ("DatasetVersionWithdrawInput.id", "sharing: hidden and unknown ones are refused alike"),
    ("DatasetWithdrawInput.id", "dataset.oal.leavers"),
    ("ExternalCalendarRefreshInput.id", "external: hidden and unknown ones are refused alike"),
    ("ExternalCalendarSubscribeInput.fieldOfWork", "public"),
    ("ExternalCalendarSubscribeInput.tenant", "public"),
    ("ExternalCalendarUnsubscribeInput.id", "external: hidden and unknown ones are refused alike"),
    ("ExternalCalendarUpdateInput.id", "external: hidden and unknown ones are refused alike"),
    ("FeedCreateInput.calendars", "calendar.oal.counselling"),
    ("FeedCreateInput.tenant", "public"),
    ("FeedRevokeInput.id", "feed.planner@ostallgaeu"),
    ("FieldOfWorkCreateInput.tenant", "public"),
    ("HolidayRegion.tenant", "public"),
    ("LearningPlaceFilter.tenants", "public"),
    ("ProposedChangeInput.place", "public"),
    ("ArchivedFileInput.archive", "projects: hidden and unknown ones are refused alike"),
    ("BudgetLineSetInput.funding", "projects: hidden and unknown ones are refused alike"),
    ("BudgetLineSetInput.project", "projects: hidden and unknown ones are refused alike"),
    ("BudgetLineSetInput.tenant", "public"),
    ("DocumentUploadTicketInput.document", "projects: hidden and unknown ones are refused alike"),
    ("DocumentVersionInput.document", "projects: hidden and unknown ones are refused alike"),
    ("DownloadedInput.archive", "projects: hidden and unknown ones are refused alike"),
    ("FinancialFilter.programme", "public"),
    ("FinancialFilter.projects", "projects: hidden and unknown ones are refused alike"),
    ("FinancialFilter.tenants", "public"),
    ("FundingAdvanceInput.id", "projects: hidden and unknown ones are refused alike"),
    ("FundingCreateInput.programme", "public"),
    ("FundingCreateInput.project", "projects: hidden and unknown ones are refused alike"),
    ("FundingCreateInput.tenant", "public"),
    ("FundingUpdateInput.id", "projects: hidden and unknown ones are refused alike"),
    ("IndicatorMeasurementAddInput.indicator", "projects: hidden and unknown ones are refused alike"),
    ("LinkTargetInput.calendarEntry", "projects: hidden and unknown ones are refused alike"),
    ("LinkTargetInput.dataset", "projects: hidden and unknown ones are refused alike"),
    ("LinkTargetInput.learningPlace", "projects: hidden and unknown ones are refused alike"),
    ("MilestoneCreateInput.project", "projects: hidden and unknown ones are refused alike"),
    ("MilestoneCreateInput.tenant", "public"),
    ("MilestoneCreateInput.workPackage", "projects: hidden and unknown ones are refused alike"),
    ("MilestoneUpdateInput.id", "projects: hidden and unknown ones are refused alike"),
    ("MilestoneUpdateInput.workPackage", "projects: hidden and unknown ones are refused alike"),
    ("ObligationCreateInput.funding", "projects: hidden and unknown ones are refused alike"),
    ("ObligationFilter.projects", "projects: hidden and unknown ones are refused alike"),
    ("ObligationFilter.tenants", "public"),
    ("ObligationFulfilInput.document", "projects: hidden and unknown ones are refused alike"),
    ("ObligationFulfilInput.id", "projects: hidden and unknown ones are refused alike"),
    ("ObligationWaiveInput.id", "projects: hidden and unknown ones are refused alike"),
    ("OwnShareSetInput.funding", "projects: hidden and unknown ones are refused alike"),
    ("OwnShareSetInput.tenant", "public"),
    ("ProjectAdvanceInput.id", "projects: hidden and unknown ones are refused alike"),
    ("ProjectArchiveCreateInput.project", "projects: hidden and unknown ones are refused alike"),
    ("ProjectArchiveCreateInput.tenant", "public"),
    ("ProjectCreateInput.agreement", "projects: hidden and unknown ones are refused alike"),
    ("ProjectCreateInput.fieldOfWork", "public"),
    ("ProjectCreateInput.place", "public"),
    ("ProjectCreateInput.tenant", "public"),
    ("ProjectDocumentCreateInput.project", "projects: hidden and unknown ones are refused alike"),
    ("ProjectDocumentCreateInput.tenant", "public"),
    ("ProjectFilter.fieldsOfWork", "public"),
    ("ProjectFilter.parties", "public"),
    ("ProjectIndicatorCreateInput.project", "projects: hidden and unknown ones are refused alike"),
    ("ProjectIndicatorCreateInput.tenant", "public"),
    ("ProjectIndicatorUpdateInput.id", "projects: hidden and unknown ones are refused alike"),
    ("ProjectLinkAddInput.project", "projects: hidden and unknown ones are refused alike"),
    ("ProjectLinkAddInput.tenant", "public"),
    ("ProjectLinkRemoveInput.id", "projects: hidden and unknown ones are refused alike"),
    ("ProjectMemberAddInput.project", "projects: hidden and unknown ones are refused alike"),
    ("ProjectMemberAddInput.tenant", "public"),
    ("ProjectMemberRemoveInput.id", "projects: hidden and unknown ones are refused alike"),
    ("ProjectPartnerAcceptInput.id", "projects: hidden and unknown ones are refused alike"),
    ("ProjectPartnerAcceptInput.tenant", "public"),
    ("ProjectPartnerAddInput.id", "projects: hidden and unknown ones are refused alike"),
    ("ProjectPartnerAddInput.partner", "public"),
    ("ProjectPartnerRemoveInput.id", "projects: hidden and unknown ones are refused alike"),
    ("ProjectPartnerRemoveInput.partner", "public"),
    ("ProjectPartnerRemoveInput.tenant", "public"),
    ("ProjectUpdateInput.agreement", "projects: hidden and unknown ones are refused alike"),
    ("ProjectUpdateInput.fieldOfWork", "public"),
    ("ProjectUpdateInput.id", "projects: hidden and unknown ones are refused alike"),
    ("ProjectUpdateInput.place", "public"),
    ("ShareObjectInput.project", "projects: hidden and unknown ones are refused alike"),
    ("StatusReportCreateInput.project", "projects: hidden and unknown ones are refused alike"),
    ("StatusReportCreateInput.tenant", "public"),
    ("WorkPackageCreateInput.after", "projects: hidden and unknown ones are refused alike"),
    ("WorkPackageCreateInput.project", "projects: hidden and unknown ones are refused alike"),
    ("WorkPackageCreateInput.tenant", "public"),
    ("WorkPackageUpdateInput.after", "projects: hidden and unknown ones are refused alike"),
    ("WorkPackageUpdateInput.id", "projects: hidden and unknown ones are refused alike"),
    ("RoleGrantInput.fieldsOfWork", "public"),
    ("RoleGrantInput.tenant", "public"),
    ("RoleRecipientInput.member", "member.planner@ostallgaeu"),
    ("RoleRevokeInput.id", "role.planner@ostallgaeu"),
    ("RoundPublishInput.id", "round.b"),
    ("RoundPublishInput.tenant", "public"),
    ("RoundSignOffInput.id", "round.b"),
    ("RoundSignOffInput.tenant", "public"),
    ("ShareCreateInput.agreement", "agreement.a"),
    ("ShareCreateInput.grantee", "public"),
    ("ShareCreateInput.tenant", "public"),
    ("ShareEndInput.id", "share.oal.counselling.a"),
    ("ShareObjectInput.calendar", "calendar.oal.counselling"),
    ("ShareObjectInput.dataset", "dataset.oal.leavers"),
    ("ShareObjectInput.fieldOfWork", "public"),
    ("TenantClosureCreateInput.tenant", "public"),
    ("TenantClosureDeleteInput.id", "public"),
    ("TenantClosureUpdateInput.id", "public"),
    ("EducationOfferCreateInput.dates", "entry.oal.counselling.day"),
    ("EducationOfferCreateInput.fieldOfWork", "public"),
    ("EducationOfferCreateInput.place", "place.oal.store"),
    ("EducationOfferCreateInput.provider", "organisation.oal.club"),
    ("EducationOfferCreateInput.tenant", "public"),
    ("EducationOfferFilter.fieldsOfWork", "public"),
    ("EducationOfferFilter.places", "no door: a filter on rows in sight"),
    ("EducationOfferFilter.providers", "no door: a filter on rows in sight"),
    ("EducationOfferFilter.tenants", "public"),
    ("EducationOfferPublishInput.id", "offer.oal.draft"),
    ("EducationOfferUpdateInput.dates", "as on creating"),
    ("EducationOfferUpdateInput.fieldOfWork", "public"),
    ("EducationOfferUpdateInput.id", "offer.oal.draft"),
    ("EducationOfferUpdateInput.place", "as on creating"),
    ("EducationOfferUpdateInput.provider", "as on creating"),
    ("EducationOfferWithdrawInput.id", "offer.oal.draft"),
    ("LearningPlaceArchiveInput.id", "place.oal.store"),
    ("LearningPlaceCreateInput.organisation", "organisation.oal.club"),
    ("LearningPlaceCreateInput.tenant", "public"),
    ("LearningPlaceFilter.organisations", "no door: a filter on rows in sight"),
    ("LearningPlaceUnmergeInput.id", "place.oal.store"),
    ("LearningPlaceUpdateInput.id", "place.oal.store"),
    ("LearningPlaceUpdateInput.organisation", "as on creating"),
    ("MergeProposalAcceptInput.id", "merge.a"),
    ("MergeProposalCreateInput.agreement", "agreement.a"),
    ("MergeProposalCreateInput.duplicate", "place.oal.store"),
    ("MergeProposalCreateInput.survivor", "place.oal.store"),
    ("MergeProposalCreateInput.tenant", "public"),
    ("MergeProposalDeclineInput.id", "merge.a"),
    ("MergeProposalWithdrawInput.id", "merge.a"),
    ("NearPoint.place", "place.oal.store"),
    ("OrganisationArchiveInput.id", "organisation.oal.club"),
    ("OrganisationCreateInput.tenant", "public"),
    ("OrganisationFilter.tenants", "public"),
    ("OrganisationUnmergeInput.id", "organisation.oal.club"),
    ("OrganisationUpdateInput.id", "organisation.oal.club"),
];

/// The input of a mutation around an id.
type InputAround = Box<dyn Fn(&str) -> Value>;

/// Mutations with one foreign id in them: mutation, name of the hidden object, input around it.
fn mutations(app: &TestApp) -> Vec<(&'static str, &'static str, InputAround)> {
    let own = app.world.id("tenant.lindau").to_owned();
    let (own2, own3, own4, own5, own6) = (own.clone(), own.clone(), own.clone(), own.clone(), own.clone());
    let share = |tenant: &str, agreement: &str, calendar: &str| json!({ "tenant": tenant, "agreement": agreement, "area": "CALENDARS", "level": "FULL", "object": { "calendar": calendar } });
    let agreement = app.world.id("agreement.a").to_owned();
    vec![
        ("roleRevoke", "role.planner@ostallgaeu", Box::new(|id| json!({ "id": id, "version": 1 }))),
        (
            "roleGrant",
            "member.planner@ostallgaeu",
            Box::new(move |id| json!({ "tenant": own, "role": "VIEWER", "to": { "member": id } })),
        ),
        ("agreementPropose", "agreement.a", Box::new(|id| json!({ "id": id, "version": 4 }))),
        ("agreementSign", "agreement.a", Box::new(move |id| json!({ "id": id, "tenant": own2, "version": 4 }))),
        (
            "agreementEnd",
            "agreement.a",
            Box::new(move |id| json!({ "id": id, "tenant": own3, "version": 4, "reason": "x" })),
        ),
        ("shareEnd", "share.oal.counselling.a", Box::new(|id| json!({ "id": id, "version": 1 }))),
        ("shareCreate", "calendar.oal.counselling", Box::new(move |id| share(&own4, &agreement, id))),
        (
            "shareCreate",
            "agreement.a",
            Box::new(
                move |id| json!({ "tenant": own5, "agreement": id, "area": "CALENDARS", "level": "FULL", "object": { "everything": true } }),
            ),
        ),
        (
            "datasetIndicatorsSet",
            "dataset.oal.leavers",
            Box::new(|id| json!({ "id": id, "version": 1, "indicators": [] })),
        ),
        ("datasetUploadTicket", "dataset.oal.leavers", Box::new(|id| json!({ "dataset": id, "fileName": "x" }))),
        ("datasetImport", "dataset.oal.leavers", Box::new(|id| json!({ "dataset": id, "upload": "vbu_x" }))),
        ("datasetUpdate", "dataset.oal.leavers", Box::new(|id| json!({ "id": id, "version": 1, "title": "x" }))),
        (
            "datasetAccessChange",
            "dataset.oal.leavers",
            Box::new(|id| json!({ "id": id, "version": 1, "access": "SHARED" })),
        ),
        ("datasetWithdraw", "dataset.oal.leavers", Box::new(|id| json!({ "id": id, "version": 1, "reason": "x" }))),
        (
            "datasetReleasePropose",
            "dataset.oal.leavers",
            Box::new(|id| {
                let all = ["licence", "contact", "purpose", "legalBasis", "retention", "disclosure"];
                let checklist: serde_json::Map<_, _> = all.map(|it| (it.to_owned(), json!(true))).into_iter().collect();
                json!({ "dataset": id, "checklist": checklist })
            }),
        ),
        ("dataRequestCreate", "agreement.a", {
            let [own, to] = ["tenant.lindau", "tenant.ostallgaeu"].map(|it| app.world.id(it).to_owned());
            Box::new(move |id| {
                json!({
                    "tenant": own, "to": to, "agreement": id, "about": "x", "purpose": "x", "legalBasis": "x",
                    "level": "FULL",
                })
            })
        }),
        ("shareCreate", "dataset.oal.leavers", {
            let [own, agreement] = ["tenant.lindau", "agreement.a"].map(|it| app.world.id(it).to_owned());
            Box::new(move |id| {
                json!({
                    "tenant": own, "agreement": agreement, "area": "DATASETS", "level": "FULL",
                    "object": { "dataset": id },
                })
            })
        }),
        ("calendarUpdate", "calendar.oal.counselling", Box::new(|id| json!({ "id": id, "version": 1, "name": "x" }))),
        ("calendarArchive", "calendar.oal.counselling", Box::new(|id| json!({ "id": id, "version": 1 }))),
        (
            "calendarEntryCreate",
            "calendar.oal.counselling",
            Box::new(|id| json!({ "calendar": id, "title": "x", "time": { "allDay": { "firstDay": "2027-03-01" } } })),
        ),
        (
            "calendarImport",
            "calendar.oal.counselling",
            Box::new(|id| json!({ "calendar": id, "ics": "BEGIN:VCALENDAR\nEND:VCALENDAR" })),
        ),
        (
            "calendarEntryUpdate",
            "entry.oal.counselling.day",
            Box::new(|id| json!({ "id": id, "version": 1, "title": "x" })),
        ),
        ("feedRevoke", "feed.planner@ostallgaeu", Box::new(|id| json!({ "id": id, "version": 1 }))),
        (
            "feedCreate",
            "calendar.oal.counselling",
            Box::new(move |id| json!({ "tenant": own6, "name": "x", "level": "FULL", "calendars": [id] })),
        ),
        ("calendarEntryCancel", "entry.oal.counselling.day", Box::new(|id| json!({ "id": id, "version": 1 }))),
        ("annualPlanUpdate", "plan.oal", Box::new(|id| json!({ "id": id, "version": 1, "title": "x" }))),
        ("annualPlanSubmit", "plan.oal", {
            let round = app.world.id("round.b").to_owned();
            Box::new(move |id| json!({ "id": id, "round": round, "version": 1 }))
        }),
        ("annualPlanWithdraw", "plan.oal", {
            let round = app.world.id("round.b").to_owned();
            Box::new(move |id| json!({ "id": id, "round": round, "version": 1 }))
        }),
        ("annualPlanCreate", "calendar.oal.counselling", {
            let own = app.world.id("tenant.lindau").to_owned();
            Box::new(move |id| json!({ "tenant": own, "year": 2027, "title": "x", "calendars": [id] }))
        }),
        ("coordinationRoundOpen", "agreement.a", {
            let own = app.world.id("tenant.lindau").to_owned();
            Box::new(move |id| json!({ "agreement": id, "tenant": own, "year": 2027, "submitUntil": "2027-12-31" }))
        }),
        ("coordinationRoundUpdate", "round.b", Box::new(|id| json!({ "id": id, "version": 2, "daysApart": 1 }))),
        ("coordinationRoundStart", "round.b", step(app, json!({}))),
        ("roundSignOff", "round.b", step(app, json!({}))),
        ("roundPublish", "round.b", step(app, json!({}))),
        ("coordinationRoundClose", "round.b", step(app, json!({ "reason": "x" }))),
        ("commentCreate", "round.b", {
            let own = app.world.id("tenant.lindau").to_owned();
            Box::new(move |id| json!({ "round": id, "tenant": own, "text": "x" }))
        }),
        ("changeProposalCreate", "round.b", {
            let own = app.world.id("tenant.lindau").to_owned();
            let entry = app.world.id("entry.oal.public.forum").to_owned();
            Box::new(
                move |id| json!({ "round": id, "tenant": own, "entry": entry, "change": { "callOff": true }, "message": "x" }),
            )
        }),
        ("changeProposalAccept", "proposal.b", Box::new(|id| json!({ "id": id, "version": 1 }))),
        ("changeProposalWithdraw", "proposal.b", Box::new(|id| json!({ "id": id, "version": 1 }))),
        ("changeProposalDecline", "proposal.b", Box::new(|id| json!({ "id": id, "version": 1, "reason": "x" }))),
        (
            "changeProposalCounter",
            "proposal.b",
            Box::new(|id| json!({ "id": id, "version": 1, "change": { "callOff": true }, "message": "x" })),
        ),
        (
            "conflictAcknowledge",
            "entry.oal.counselling.day",
            Box::new(|id| json!({ "entry": id, "conflict": "0", "reason": "x" })),
        ),
    ]
}

/// The same of places, organisations and offers.
fn of_directory(app: &TestApp) -> Vec<(&'static str, &'static str, InputAround)> {
    let own = || app.world.id("tenant.lindau").to_owned();
    let by_version = |mutation, name| -> (&'static str, &'static str, InputAround) {
        (mutation, name, Box::new(|id| json!({ "id": id, "version": 1 })))
    };
    let offer = |field: &'static str, name| -> (&'static str, &'static str, InputAround) {
        let own = own();
        let around = move |id: &str| {
            let mut input = json!({ "tenant": own, "title": "x", "kind": "OTHER", "topic": "OTHER" });
            input[field] = if field == "dates" { json!([id]) } else { json!(id) };
            input
        };
        ("educationOfferCreate", name, Box::new(around))
    };
    let merge = |field: &'static str, name: &'static str| -> (&'static str, &'static str, InputAround) {
        let there = if name.starts_with("place.") { "place.kf.library" } else { "organisation.kf.vhs" };
        let (own, there) = (own(), app.world.id(there).to_owned());
        let agreement = app.world.id("agreement.a").to_owned();
        let around = move |id: &str| {
            let mut input = json!({ "tenant": own, "duplicate": there, "survivor": there, "agreement": agreement });
            input[field] = json!(id);
            input
        };
        ("mergeProposalCreate", name, Box::new(around))
    };
    vec![
        by_version("learningPlaceUpdate", "place.oal.store"),
        by_version("learningPlaceArchive", "place.oal.store"),
        by_version("learningPlaceUnmerge", "place.oal.store"),
        by_version("organisationUpdate", "organisation.oal.club"),
        by_version("organisationArchive", "organisation.oal.club"),
        by_version("organisationUnmerge", "organisation.oal.club"),
        by_version("educationOfferUpdate", "offer.oal.draft"),
        by_version("educationOfferPublish", "offer.oal.draft"),
        by_version("educationOfferWithdraw", "offer.oal.draft"),
        by_version("mergeProposalAccept", "merge.a"),
        by_version("mergeProposalWithdraw", "merge.a"),
        ("mergeProposalDecline", "merge.a", Box::new(|id| json!({ "id": id, "version": 1, "reason": "x" }))),
        ("learningPlaceCreate", "organisation.oal.club", {
            let own = own();
            Box::new(move |id| json!({ "tenant": own, "name": "x", "kind": "OTHER", "organisation": id }))
        }),
        offer("provider", "organisation.oal.club"),
        offer("place", "place.oal.store"),
        offer("dates", "entry.oal.counselling.day"),
        merge("duplicate", "place.oal.store"),
        merge("survivor", "place.oal.store"),
        merge("duplicate", "organisation.oal.club"),
        merge("survivor", "organisation.oal.club"),
    ]
}

/// A step of a round, for the authority of the outsider.
fn step(app: &TestApp, more: Value) -> InputAround {
    let own = app.world.id("tenant.lindau").to_owned();
    Box::new(move |id| {
        let mut input = json!({ "id": id, "tenant": own, "version": 2 });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    })
}

/// The answer without what must differ: the id itself and the id of the request.
async fn answer(client: &Client, query: &str, variables: Value, id: &str) -> (u16, String) {
    let reply = client.send(query, variables).await;
    let mut text = reply.text.replace(id, "ID");
    if let Some(request) = reply.headers.get("x-request-id") {
        text = text.replace(request, "REQUEST");
    }
    (reply.status, text)
}

async fn hidden_and_unknown_ids_give_the_same_bytes_everywhere(app: TestApp) {
    let queries = [
        "query($id: ID!) { node(id: $id) { __typename id } }",
        "query($id: ID!) { nodes(ids: [$id]) { __typename id } }",
        "query($id: ID!) { explainAccess(node: $id, action: WRITE) { allowed level rule missing } }",
    ];
    let mut compared = 0;
    for client in [app.anonymous(), app.actor("admin@lindau"), app.actor("viewer@kaufbeuren")] {
        for kind in [
            "member.",
            "role.",
            "agreement.",
            "share.",
            "calendar.",
            "entry.",
            "plan.",
            "round.",
            "proposal.",
            "feed.",
            "place.",
            "organisation.",
            "offer.",
            "merge.",
        ] {
            for (name, id) in app.world.all(kind) {
                let known = client.send(queries[0], json!({ "id": id })).await.data();
                if !known["node"].is_null() {
                    continue;
                }
                let other = unknown(id);
                for query in queries {
                    let hidden = answer(&client, query, json!({ "id": id }), id).await;
                    let nothing = answer(&client, query, json!({ "id": other }), &other).await;
                    assert_eq!(hidden, nothing, "{name}: {query}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 300, "{compared}");

    let queries = [
        ("entry.", "query($id: ID!) { conflicts(of: {entry: $id}) { totalCount nodes { id } } }"),
        ("round.", "query($id: ID!) { conflicts(of: {round: $id}) { totalCount nodes { id } } }"),
        ("round.", "query($id: ID!) { changeProposals(round: $id) { totalCount nodes { id } } }"),
        ("round.", "query($id: ID!) { coordinationComments(round: $id) { totalCount nodes { key } } }"),
        ("plan.", "query($id: ID!) { annualPlanComparison(plan: $id) { totalCount nodes { kind } } }"),
        ("dataset.", "query($id: ID!) { datasetImports(dataset: $id) { totalCount nodes { id } } }"),
        ("place.", "query($id: ID!) { directoryHistory(of: $id) { totalCount nodes { version } } }"),
        ("organisation.", "query($id: ID!) { directoryHistory(of: $id) { totalCount nodes { version } } }"),
        ("offer.", "query($id: ID!) { directoryHistory(of: $id) { totalCount nodes { version } } }"),
        ("place.", "query($id: ID!) { mergeProposals(record: $id) { totalCount nodes { id } } }"),
        ("organisation.", "query($id: ID!) { mergeProposals(record: $id) { totalCount nodes { id } } }"),
        (
            "place.",
            "query($id: ID!) { learningPlaces(filter: {near: {from: {place: $id}}}) { totalCount nodes { id } } }",
        ),
        (
            "place.",
            "query($id: ID!) { educationOffers(filter: {near: {from: {place: $id}}}) { totalCount nodes { id } } }",
        ),
        ("place.", "query($id: ID!) { educationOffers(filter: {places: [$id]}) { totalCount nodes { id } } }"),
        (
            "organisation.",
            "query($id: ID!) { educationOffers(filter: {providers: [$id]}) { totalCount nodes { id } } }",
        ),
        (
            "organisation.",
            "query($id: ID!) { learningPlaces(filter: {organisations: [$id]}) { totalCount nodes { id } } }",
        ),
        ("agreement.", "query($id: ID!) { coordinationRounds(agreement: $id) { totalCount nodes { id } } }"),
    ];
    for client in [app.anonymous(), app.actor("admin@lindau"), app.actor("viewer@kaufbeuren")] {
        for (kind, query) in queries {
            for (name, id) in app.world.all(kind) {
                let known = client.send("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await.data();
                if known["node"].is_null() {
                    let other = unknown(id);
                    let hidden = answer(&client, query, json!({ "id": id }), id).await;
                    let nothing = answer(&client, query, json!({ "id": other }), &other).await;
                    assert_eq!(hidden, nothing, "{name}: {query}");
                }
            }
        }
    }

    let filter = r#"query($id: ID!) { calendarEntries(between: {start: "2027-02-01T00:00:00Z", end: "2027-03-01T00:00:00Z"},
        filter: {calendars: [$id]}) { totalCount nodes { id } pageInfo { hasNextPage } } }"#;
    for client in [app.anonymous(), app.actor("admin@lindau")] {
        for hidden in ["calendar.oal.office", "calendar.oal.counselling", "calendar.mm.plan"] {
            let id = app.world.id(hidden);
            let other = unknown(id);
            let left = answer(&client, filter, json!({ "id": id }), id).await;
            assert_eq!(left, answer(&client, filter, json!({ "id": other }), &other).await, "{hidden}");
        }
        for (mutation, name, input) in mutations(&app).into_iter().chain(of_directory(&app)) {
            let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
            let query = format!(
                "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code field message }} }} }}"
            );
            let id = app.world.id(name);
            let other = unknown(id);
            let hidden = answer(&client, &query, json!({ "input": input(id) }), id).await;
            let nothing = answer(&client, &query, json!({ "input": input(&other) }), &other).await;
            assert_eq!(hidden, nothing, "{mutation} with {name}");
            assert!(hidden.1.contains("NOT_FOUND") || hidden.1.contains("UNAUTHENTICATED"), "{mutation}: {}", hidden.1);
        }
    }
}

/// Everything that can be listed, with every text.
const EVERYTHING: &str = r#"{
    calendars(first: 100, includeArchived: true) { totalCount nodes { id name description tenant { slug } } }
    calendarEntries(first: 100, between: {start: "2026-01-01T00:00:00Z", end: "2029-01-01T00:00:00Z"}) { totalCount nodes {
        id calendar { name } ... on CalendarEntrySummary { title }
        ... on CalendarEntryFull { title description location organiser targetGroups } } }
    agenda(first: 100, between: {start: "2026-01-01T00:00:00Z", end: "2029-01-01T00:00:00Z"}) { totalCount nodes { key
        entry { id calendar { name } ... on CalendarEntrySummary { title }
        ... on CalendarEntryFull { title description location organiser targetGroups } } } }
    agreements(first: 100) { totalCount nodes { title } }
    tenants(first: 100) { nodes { slug members(first: 5) { totalCount nodes { name email } }
        incomingShares(first: 5, includeEnded: true) { totalCount nodes { reason level } }
        outgoingShares(first: 5, includeEnded: true) { totalCount nodes { reason level } } } } }"#;

/// The same by other doors.
const AGAIN: &str = r#"{
    calendarChanges(first: 50) { nodes { entry { id calendar { name } ... on CalendarEntrySummary { title }
        ... on CalendarEntryFull { title description location organiser targetGroups } } } }
    feeds(first: 10, includeRevoked: true) { totalCount nodes { name subscriberName } } }"#;

/// The same of the planning.
const PLANS: &str = r#"{
    annualPlans(first: 20) { totalCount nodes { title state calendars { name } rounds { id } snapshots { takenBy } } }
    coordinationRounds(first: 20) { totalCount nodes { year plans { submittedBy plan { title } } } } }"#;

/// The same of the directory.
const DIRECTORY: &str = r#"{
    organisations(first: 20, filter: {includeMerged: true, includeArchived: true}) { totalCount nodes { name description
        contactPerson { name } externalIds { value } mergedFrom { name } } }
    learningPlaces(first: 20, filter: {includeMerged: true, includeArchived: true}) { totalCount nodes { name note
        externalIds { value } organisation { name contactPerson { name } } mergedFrom { name } } }
    educationOffers(first: 20) { totalCount nodes { title description dates { title } provider { name } place { name } } }
    mergeProposals(first: 20) { totalCount nodes { message } } }"#;

/// What a client gets to read by all of them.
async fn everything(client: &Client) -> String {
    let mut all = String::new();
    for query in [EVERYTHING, AGAIN, PLANS, DIRECTORY] {
        all.push_str(&client.ask(query).await.data().to_string());
    }
    all
}

async fn no_answer_to_the_outsider_carries_a_hidden_word(app: TestApp) {
    for client in [app.anonymous(), app.actor("viewer@lindau")] {
        let text = everything(&client).await;
        assert!(text.contains("Title of oal.public.forum"), "what is public is there");
        assert!(
            text.contains("Title of oal.course") && text.contains("Name of oal.library"),
            "what is public is there"
        );
        for (name, _) in app.world.all("entry.") {
            let name = name.trim_start_matches("entry.");
            if name != "oal.public.forum" {
                assert!(!text.contains(&format!("of {name}\"")), "{name}: {text}");
            }
        }
        for word in [
            "of oal.store",
            "of oal.club",
            "of-oal-club",
            "DE-oal-store",
            "of oal.draft",
            "Person of",
            "of merge.",
            "of plan.",
            "of proposal.",
            "of round.",
            "Agreement A",
            "Agreement B",
            "Reason of",
            "planner@",
            "oal.office",
            "kf.counselling",
            "mm.plan",
        ] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
    // The partner sees no more of a BUSY or SUMMARY entry than its level, and nothing that is internal.
    let text = everything(&app.actor("admin@kaufbeuren")).await;
    assert!(text.contains("Title of oal.counselling.day") && text.contains("Title of plan.kf"));
    for word in [
        "Description of oal.counselling.day",
        "Location of oal.counselling.day",
        "Organiser of oal.counselling.day",
        "Group of oal.counselling.day",
        "of oal.orientation.fair",
        "of oal.orientation.idea",
        "of oal.newcomers",
        "of oal.office",
        "secret\"},{\"calendar\":{\"name\":\"oal",
        "of oal.store",
        "of oal.club",
        "of oal.draft",
        "Person of oal",
        "Agreement B",
        "of plan.mm",
        "of plan.oal",
    ] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

async fn asking_for_a_hidden_column_finds_nothing(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    let found = async |filter: Value| {
        let query = "query($filter: CalendarEntryFilter!) { calendarEntries(filter: $filter, first: 100,
            between: {start: \"2027-02-01T00:00:00Z\", end: \"2027-03-01T00:00:00Z\"}) { totalCount nodes { id } } }";
        let data = planner.send(query, json!({ "filter": filter })).await.data();
        let ids: Vec<_> =
            data["calendarEntries"]["nodes"].as_array().expect("nodes").iter().map(|it| it["id"].clone()).collect();
        assert_eq!(data["calendarEntries"]["totalCount"], ids.len());
        // The agenda has the same, by every door.
        let query = "query($filter: CalendarEntryFilter!) { agenda(filter: $filter, first: 100,
            between: {start: \"2027-02-01T00:00:00Z\", end: \"2027-03-01T00:00:00Z\"}) { totalCount nodes { entry { id } } } }";
        let data = planner.send(query, json!({ "filter": filter })).await.data();
        let dates: Vec<_> =
            data["agenda"]["nodes"].as_array().expect("nodes").iter().map(|it| it["entry"]["id"].clone()).collect();
        assert_eq!((dates, data["agenda"]["totalCount"].as_u64()), (ids.clone(), Some(ids.len() as u64)));
        ids
    };
    let busy = json!(app.world.id("entry.oal.orientation.fair"));
    let summary = json!(app.world.id("entry.oal.counselling.day"));
    assert!(found(json!({})).await.contains(&busy));
    // Every entry of the world is a confirmed workshop with this in its title.
    for filter in [
        json!({ "title": "title of oal" }),
        json!({ "kinds": ["WORKSHOP"] }),
        json!({ "statuses": ["CONFIRMED"] }),
        json!({ "fieldsOfWork": [app.world.id("field.orientation"), app.world.id("field.counselling")] }),
    ] {
        let ids = found(filter.clone()).await;
        assert!(ids.contains(&summary), "{filter}");
        assert!(!ids.contains(&busy), "a filter on a hidden column reveals it: {filter}");
    }
    // By what every level shows, it is found.
    assert_eq!(found(json!({ "calendars": [app.world.id("calendar.oal.orientation")] })).await, [busy]);
}
