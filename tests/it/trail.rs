//! The audit trail and the outbox: who did what, for whom, to what, in which request.

use serde_json::{Value, json};
use verbund_tests::{Case, Rows, TestApp, cases, row_of};

use crate::mutations::OWN_EVENTS;
use crate::walk::Walk;

pub fn cases() -> Vec<Case> {
    cases!["trail";
        an_update_is_recorded_with_who_what_before_and_after,
        every_mutation_is_recorded_under_its_name_object_and_topic,
        the_trail_belongs_to_the_acting_authority,
        a_proposal_of_a_partner_is_recorded_under_the_agreement,
        what_the_operator_does_is_recorded_without_a_person,
        the_application_cannot_change_the_trail,
    ]
}

/// The newest audit row: tenant, person, action, type, object, agreement, before, after, request, time.
async fn newest(rows: &Rows) -> Vec<String> {
    let sql = format!(
        "SELECT t.slug, p.subject, a.action, a.object_type, {}, {}, CAST(a.before AS text), CAST(a.after AS text), \
         a.request_id, CAST(a.created_at AS text) FROM audit_event a JOIN tenant t ON t.id = a.tenant_id \
         LEFT JOIN person p ON p.id = a.person_id ORDER BY a.id DESC LIMIT 1",
        rows.hex("a.object_id"),
        rows.hex("a.agreement_id"),
    );
    rows.texts(&sql).await.remove(0)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn hex(global: &str) -> String {
    row_of(global).simple().to_string()
}

async fn an_update_is_recorded_with_who_what_before_and_after(app: TestApp) {
    let (planner, rows) = (app.actor("planner@ostallgaeu"), app.database.rows().await);
    let entry = app.world.id("entry.oal.counselling.day");
    app.at("2027-01-15T12:34:56Z");
    let mutation =
        "mutation M($input: CalendarEntryUpdateInput!) { calendarEntryUpdate(input: $input) { userErrors { code } } }";
    let input = json!({ "id": entry, "version": 1, "title": "A new title", "location": null });
    let body = json!({ "query": mutation, "variables": { "input": input } }).to_string();
    let reply = planner.post(&body, &[("x-request-id", "the-request-of-this-test")]).await;
    assert_eq!(reply.data(), json!({ "calendarEntryUpdate": { "userErrors": [] } }));
    let row = newest(&rows).await;
    let expected = ["ostallgaeu", "planner@ostallgaeu", "calendarEntryUpdate", "CalendarEntry"];
    assert_eq!(row[..4], expected);
    assert_eq!((&row[4], row[5].as_str()), (&hex(entry), "-"));
    let (before, after) = (parsed(&row[6]), parsed(&row[7]));
    assert_eq!(before["title"], "Title of oal.counselling.day");
    assert_eq!(before["location"], "Location of oal.counselling.day");
    assert_eq!((&after["title"], &after["location"]), (&json!("A new title"), &Value::Null));
    let unchanged = |it: &Value| {
        let mut it = it.clone();
        it["title"].take();
        it["location"].take();
        it
    };
    assert_eq!(unchanged(&before), unchanged(&after), "nothing else changed");
    assert_eq!(row[8], "the-request-of-this-test");
    assert!(row[9].starts_with("2027-01-15") && row[9].contains("12:34:56"), "{}", row[9]);
    let sql = format!(
        "SELECT topic, object_type, {}, CAST(object_version AS text) FROM outbox_event ORDER BY id DESC LIMIT 1",
        rows.hex("object_id")
    );
    assert_eq!(rows.texts(&sql).await, [["calendar_entry.updated", "CalendarEntry", &hex(entry), "2"]]);
}

async fn every_mutation_is_recorded_under_its_name_object_and_topic(app: TestApp) {
    let rows = app.database.rows().await;
    let (audits, events) = (rows.count("audit_event").await, rows.count(OWN_EVENTS).await);
    let mut walk = Walk::new(&app);
    while let Some(step) = walk.next().await {
        walk.run(&step).await;
        let row = newest(&rows).await;
        assert_eq!((row[1].as_str(), row[2].as_str()), (step.subject, step.mutation));
        assert_eq!(row[0], step.subject.split('@').next_back().expect("a tenant"), "{}", step.mutation);
        let under = [
            "agreement",
            "share",
            "coordinationRound",
            "round",
            "changeProposal",
            "coordinationComment",
            "dataRequest",
            "project",
            "workPackage",
            "milestone",
            "statusReport",
            "indicator",
            "documentUpload",
            "funding",
            "ownShare",
            "budgetLine",
            "obligation",
            "mergeProposal",
        ];
        // A ticket to fetch a document leaves a row of the reader's own authority alone.
        let agreed = under.iter().any(|it| step.mutation.starts_with(it)) && step.mutation != "projectDownloadTicket"
            || ["annualPlanSubmit", "annualPlanWithdraw"].contains(&step.mutation);
        assert_eq!(row[5] != "-", agreed, "{} and its agreement", step.mutation);
        assert_ne!(row[7], "-", "{} says what came of it", step.mutation);
    }
    // That a dataset is public is told along with the release that is recorded.
    let sql = format!(
        "SELECT a.action, a.object_type, o.topic, CAST(o.object_version AS text) FROM \
         (SELECT n, row_number() OVER (PARTITION BY object_id ORDER BY n) AS nth, action, object_type, object_id FROM \
             (SELECT row_number() OVER (ORDER BY id) AS n, action, object_type, object_id FROM audit_event) every \
             WHERE n > {audits}) a JOIN \
         (SELECT row_number() OVER (PARTITION BY object_id ORDER BY n) AS nth, topic, object_version, object_id FROM \
             (SELECT row_number() OVER (ORDER BY id) AS n, topic, object_version, object_id FROM {OWN_EVENTS}) every \
             WHERE n > {events} AND topic <> 'dataset.released') o \
         ON o.nth = a.nth AND o.object_id = a.object_id ORDER BY a.n"
    );
    let expected = [
        ["fieldOfWorkCreate", "FieldOfWork", "field_of_work.created", "1"],
        ["roleGrantCreate", "RoleGrant", "role.granted", "1"],
        ["roleGrantRevoke", "RoleGrant", "role.revoked", "2"],
        ["agreementDraft", "Agreement", "agreement.drafted", "1"],
        ["agreementPropose", "Agreement", "agreement.proposed", "2"],
        ["agreementSign", "Agreement", "agreement.signed", "3"],
        ["agreementSign", "Agreement", "agreement.signed", "4"],
        ["agreementSign", "Agreement", "agreement.activated", "5"],
        ["calendarCreate", "Calendar", "calendar.created", "1"],
        ["calendarUpdate", "Calendar", "calendar.updated", "2"],
        ["calendarEntryCreate", "CalendarEntry", "calendar_entry.created", "1"],
        ["calendarEntryUpdate", "CalendarEntry", "calendar_entry.updated", "2"],
        ["calendarEntryCancel", "CalendarEntry", "calendar_entry.cancelled", "3"],
        ["shareCreate", "Share", "share.created", "1"],
        ["shareEnd", "Share", "share.ended", "2"],
        ["annualPlanCreate", "AnnualPlan", "annual_plan.created", "1"],
        ["annualPlanUpdate", "AnnualPlan", "annual_plan.updated", "2"],
        ["coordinationRoundOpen", "CoordinationRound", "coordination_round.opened", "1"],
        ["coordinationRoundUpdate", "CoordinationRound", "coordination_round.updated", "2"],
        ["annualPlanSubmit", "AnnualPlan", "annual_plan.submitted", "3"],
        ["annualPlanWithdraw", "AnnualPlan", "annual_plan.withdrawn", "4"],
        ["annualPlanSubmit", "AnnualPlan", "annual_plan.submitted", "5"],
        ["annualPlanCreate", "AnnualPlan", "annual_plan.created", "1"],
        ["annualPlanSubmit", "AnnualPlan", "annual_plan.submitted", "2"],
        ["coordinationRoundStart", "CoordinationRound", "coordination_round.started", "3"],
        ["changeProposalCreate", "ChangeProposal", "change_proposal.created", "1"],
        ["changeProposalWithdraw", "ChangeProposal", "change_proposal.answered", "2"],
        ["changeProposalCreate", "ChangeProposal", "change_proposal.created", "1"],
        ["changeProposalDecline", "ChangeProposal", "change_proposal.answered", "2"],
        ["changeProposalCreate", "ChangeProposal", "change_proposal.created", "1"],
        ["changeProposalCounter", "ChangeProposal", "change_proposal.answered", "2"],
        ["changeProposalCounter", "ChangeProposal", "change_proposal.created", "1"],
        ["changeProposalDecline", "ChangeProposal", "change_proposal.answered", "2"],
        ["changeProposalCreate", "ChangeProposal", "change_proposal.created", "1"],
        ["changeProposalAccept", "CalendarEntry", "calendar_entry.updated", "2"],
        ["changeProposalAccept", "ChangeProposal", "change_proposal.answered", "2"],
        ["coordinationCommentCreate", "CoordinationComment", "coordination_comment.created", "1"],
        ["calendarEntryCreate", "CalendarEntry", "calendar_entry.created", "1"],
        ["conflictAcknowledge", "CalendarEntry", "calendar_entry.acknowledged", "1"],
        ["coordinationRoundSignOff", "CoordinationRound", "coordination_round.signed", "4"],
        ["coordinationRoundSignOff", "CoordinationRound", "coordination_round.agreed", "5"],
        ["coordinationRoundPublish", "CoordinationRound", "coordination_round.published", "6"],
        ["coordinationRoundClose", "CoordinationRound", "coordination_round.closed", "3"],
        ["calendarArchive", "Calendar", "calendar.updated", "3"],
        ["agreementEnd", "Agreement", "agreement.ended", "6"],
        ["tenantClosureCreate", "TenantClosure", "tenant_closure.created", "1"],
        ["tenantClosureUpdate", "TenantClosure", "tenant_closure.updated", "2"],
        ["tenantClosureDelete", "TenantClosure", "tenant_closure.deleted", "3"],
        ["externalCalendarSubscribe", "ExternalCalendar", "external_calendar.subscribed", "1"],
        ["externalCalendarUpdate", "ExternalCalendar", "external_calendar.updated", "2"],
        ["externalCalendarRefresh", "ExternalCalendar", "external_calendar.refreshed", "2"],
        ["externalCalendarUnsubscribe", "ExternalCalendar", "external_calendar.unsubscribed", "3"],
        ["feedCreate", "Feed", "feed.created", "1"],
        ["feedRevoke", "Feed", "feed.revoked", "2"],
        ["datasetCreate", "Dataset", "dataset.created", "1"],
        ["datasetUpdate", "Dataset", "dataset.updated", "2"],
        ["datasetIndicatorsSet", "Dataset", "dataset.updated", "3"],
        ["datasetUpdate", "Dataset", "dataset.updated", "2"],
        ["datasetAccessChange", "Dataset", "dataset.access_changed", "3"],
        ["dataRequestCreate", "DataRequest", "data_request.created", "1"],
        ["dataRequestWithdraw", "DataRequest", "data_request.withdrawn", "2"],
        ["dataRequestCreate", "DataRequest", "data_request.created", "1"],
        ["dataRequestRefuse", "DataRequest", "data_request.refused", "2"],
        ["dataRequestCreate", "DataRequest", "data_request.created", "1"],
        ["dataRequestGrant", "DataRequest", "data_request.granted", "2"],
        ["datasetUploadTicket", "Dataset", "dataset.upload_opened", "3"],
        ["datasetImport", "DatasetImport", "dataset_import.queued", "1"],
        ["datasetImportCancel", "DatasetImport", "dataset_import.cancelled", "2"],
        ["datasetUploadTicket", "Dataset", "dataset.upload_opened", "1"],
        ["datasetImport", "DatasetImport", "dataset_import.queued", "1"],
        ["datasetImport", "DatasetVersion", "dataset_version.created", "1"],
        ["datasetVersionPublish", "DatasetVersion", "dataset_version.published", "2"],
        ["datasetDownloadTicket", "FileTicket", "file_ticket.created", "1"],
        ["datasetUpdate", "Dataset", "dataset.updated", "2"],
        ["datasetReleasePropose", "DatasetRelease", "dataset_release.proposed", "1"],
        ["datasetReleaseDecline", "DatasetRelease", "dataset_release.declined", "2"],
        ["datasetReleasePropose", "DatasetRelease", "dataset_release.proposed", "1"],
        ["datasetReleaseApprove", "DatasetRelease", "dataset_release.approved", "2"],
        ["datasetVersionWithdraw", "DatasetVersion", "dataset_version.withdrawn", "3"],
        ["datasetWithdraw", "Dataset", "dataset.withdrawn", "4"],
        ["calendarImport", "Calendar", "calendar.imported", "1"],
        ["learningPlaceCreate", "LearningPlace", "learning_place.created", "1"],
        ["learningPlaceUpdate", "LearningPlace", "learning_place.updated", "2"],
        ["learningPlaceArchive", "LearningPlace", "learning_place.archived", "3"],
        ["organisationCreate", "Organisation", "organisation.created", "1"],
        ["organisationUpdate", "Organisation", "organisation.updated", "2"],
        ["organisationArchive", "Organisation", "organisation.archived", "3"],
        ["mergeProposalCreate", "MergeProposal", "merge_proposal.created", "1"],
        ["mergeProposalWithdraw", "MergeProposal", "merge_proposal.answered", "2"],
        ["mergeProposalCreate", "MergeProposal", "merge_proposal.created", "1"],
        ["mergeProposalDecline", "MergeProposal", "merge_proposal.answered", "2"],
        ["mergeProposalAccept", "LearningPlace", "learning_place.merged", "2"],
        ["mergeProposalAccept", "MergeProposal", "merge_proposal.answered", "2"],
        ["learningPlaceUnmerge", "LearningPlace", "learning_place.unmerged", "3"],
        ["mergeProposalCreate", "MergeProposal", "merge_proposal.created", "1"],
        ["mergeProposalAccept", "Organisation", "organisation.merged", "2"],
        ["mergeProposalAccept", "MergeProposal", "merge_proposal.answered", "2"],
        ["organisationUnmerge", "Organisation", "organisation.unmerged", "3"],
        ["educationOfferCreate", "EducationOffer", "education_offer.created", "1"],
        ["educationOfferUpdate", "EducationOffer", "education_offer.updated", "2"],
        ["educationOfferPublish", "EducationOffer", "education_offer.published", "3"],
        ["educationOfferWithdraw", "EducationOffer", "education_offer.withdrawn", "4"],
        ["projectCreate", "Project", "project.created", "1"],
        ["projectUpdate", "Project", "project.updated", "2"],
        ["projectPartnerAdd", "Project", "project.partner_added", "3"],
        ["projectPartnerAccept", "Project", "project.partner_joined", "3"],
        ["workPackageCreate", "WorkPackage", "work_package.created", "1"],
        ["workPackageUpdate", "WorkPackage", "work_package.updated", "2"],
        ["milestoneCreate", "Milestone", "milestone.created", "1"],
        ["milestoneUpdate", "Milestone", "milestone.updated", "2"],
        ["statusReportCreate", "StatusReport", "status_report.created", "1"],
        ["projectMemberAdd", "ProjectMember", "project_member.created", "1"],
        ["projectMemberRemove", "ProjectMember", "project_member.removed", "1"],
        ["projectIndicatorCreate", "ProjectIndicator", "project_indicator.created", "1"],
        ["projectIndicatorUpdate", "ProjectIndicator", "project_indicator.updated", "2"],
        ["indicatorMeasurementAdd", "ProjectIndicator", "indicator_measurement.created", "1"],
        ["projectLinkAdd", "ProjectLink", "project_link.created", "1"],
        ["projectLinkRemove", "ProjectLink", "project_link.removed", "1"],
        ["projectDocumentCreate", "ProjectDocument", "project_document.created", "1"],
        ["projectDocumentUploadTicket", "ProjectDocument", "project_document.upload_opened", "1"],
        ["fundingCreate", "Funding", "funding.created", "1"],
        ["fundingUpdate", "Funding", "funding.updated", "2"],
        ["ownShareSet", "Funding", "funding.own_share_set", "2"],
        ["fundingAdvance", "Funding", "funding.updated", "3"],
        ["projectAdvance", "Project", "project.advanced", "4"],
        ["budgetLineSet", "BudgetLine", "budget_line.created", "1"],
        ["obligationCreate", "Obligation", "obligation.created", "1"],
        ["obligationFulfil", "Obligation", "obligation.updated", "2"],
        ["obligationCreate", "Obligation", "obligation.created", "1"],
        ["obligationWaive", "Obligation", "obligation.updated", "2"],
        ["projectArchiveCreate", "ProjectArchive", "project_archive.created", "1"],
        ["projectDownloadTicket", "FileTicket", "file_ticket.created", "1"],
        ["projectDocumentCreate", "ProjectDocument", "project_document.created", "1"],
        ["projectPartnerRemove", "Project", "project.partner_left", "4"],
        ["feedCreate", "Feed", "feed.created", "1"],
        ["feedUpdate", "Feed", "feed.updated", "2"],
        ["tenantContactCreate", "TenantContact", "tenant_contact.created", "1"],
        ["tenantContactUpdate", "TenantContact", "tenant_contact.updated", "2"],
        ["tenantContactDelete", "TenantContact", "tenant_contact.deleted", "3"],
        ["roleGrantCreate", "RoleGrant", "role.granted", "1"],
        ["roleGrantCreate", "RoleGrant", "role.proposed", "1"],
        ["roleGrantConfirm", "RoleGrant", "role.confirmed", "2"],
        ["tenantUpdate", "Tenant", "tenant.updated", "2"],
        ["memberUpdate", "Member", "member.updated", "2"],
    ];
    assert_eq!(rows.texts(&sql).await, expected);
}

async fn the_trail_belongs_to_the_acting_authority(app: TestApp) {
    let rows = app.database.rows().await;
    let sql = "SELECT count(*) FROM audit_event a JOIN scope s ON s.id = a.scope_id \
               WHERE s.tenant_id <> a.tenant_id OR s.area <> 'AUDIT' OR s.confidentiality <> 'INTERNAL'";
    assert_eq!(rows.number(sql).await, 0, "every audit row lies in the private audit scope of its authority");
    assert_eq!(
        rows.number("SELECT count(*) FROM audit_event a LEFT JOIN scope s ON s.id = a.scope_id WHERE s.id IS NULL")
            .await,
        0
    );
    assert!(rows.count("audit_event").await > 50, "the world was built through the API");
}

async fn a_proposal_of_a_partner_is_recorded_under_the_agreement(app: TestApp) {
    let rows = app.database.rows().await;
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "agreement": app.world.id("agreement.a"), "area": "CALENDARS",
        "object": { "fieldOfWork": app.world.id("field.orientation") }, "level": "SUMMARY", "reason": "For the fair.",
    });
    let made = app.actor("admin@ostallgaeu").mutate("shareCreate", input, "share { id }").await;
    let row = newest(&rows).await;
    assert_eq!(row[2..4], ["shareCreate", "Share"]);
    assert_eq!(row[4], hex(made["share"]["id"].as_str().expect("an id")));
    assert_eq!(row[5], hex(app.world.id("agreement.a")));
    let after = parsed(&row[7]);
    assert_eq!(
        (&after["level"], &after["reason"], &after["area"]),
        (&json!("SUMMARY"), &json!("For the fair."), &json!("CALENDARS"))
    );
    assert_eq!(after["fieldOfWork"], json!(row_of(app.world.id("field.orientation"))));
}

async fn what_the_operator_does_is_recorded_without_a_person(app: TestApp) {
    let rows = app.database.rows().await;
    let op = server::operator::operation(&app.config, &app.clock).await.expect("the operator's way in");
    let to = domain::members::service::RoleHolder::Account {
        issuer: "https://elsewhere.example".to_owned(),
        subject: "first".to_owned(),
        name: "First".to_owned(),
        email: None,
    };
    domain::operator::grant_role(&op, "lindau", entities::RoleKey::Viewer, to).await.map_err(|_| ()).expect("a role");
    op.store.close().await;
    let row = newest(&rows).await;
    assert_eq!((row[0].as_str(), row[1].as_str(), row[3].as_str()), ("lindau", "-", "RoleGrant"));
    assert_eq!(parsed(&row[7])["role"], "VIEWER");
}

async fn the_application_cannot_change_the_trail(app: TestApp) {
    if app.engine == verbund_tests::Engine::Sqlite {
        return;
    }
    let (rows, application) = (app.database.rows().await, Rows::open(&app.database.url).await);
    let before = rows.dump().await;
    let scopes = rows.list("SELECT '{' || string_agg(DISTINCT scope_id::text, ',') || '}' FROM audit_event").await;
    let tenant = rows.list("SELECT tenant_id::text FROM audit_event LIMIT 1").await;
    let acting = format!("SET app.scopes = '{}'; SET app.tenant = '{}'", scopes[0], tenant[0]);
    application.run(&acting).await;
    assert!(application.count("audit_event").await > 50, "who sees the scopes reads the trail");
    for table in ["audit_event", "outbox_event"] {
        for sql in [format!("UPDATE {table} SET object_type = 'Nothing'"), format!("DELETE FROM {table}")] {
            assert_eq!(application.try_run(&sql).await.unwrap_or(0), 0, "{sql}");
        }
    }
    assert_eq!(rows.dump().await, before);
}
