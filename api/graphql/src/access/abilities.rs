//! Actions open to the viewer on objects: for every operation on a type of objects one field of its `viewerCan`.

use std::sync::Arc;

use async_graphql::{Context, Object};
use domain::rights::{Operation, Row, may};
use kernel::error::ApiResult;

use crate::context::ContextExt;

macro_rules! abilities {
    ($($(#[$doc:meta])* $name:ident of $resource:ty { $($(#[$about:meta])* $field:ident: $operation:ident,)+ })+) => {
        $(
            $(#[$doc])*
            pub struct $name(pub Arc<Row<$resource>>);

            $(#[$doc])*
            #[Object]
            impl $name {
                $(
                    $(#[$about])*
                    async fn $field(&self, ctx: &Context<'_>) -> ApiResult<bool> {
                        may::<$resource>(&*ctx.session().await?, &self.0, Operation::$operation).await
                    }
                )+
            }
        )+
    };
}

abilities! {
    /// Actions open to the viewer on a calendar.
    CalendarAbilities of entities::calendar::Entity {
        /// True if the viewer may change the calendar.
        update: Update,
        /// True if the viewer may archive the calendar, or return it from the archive.
        archive: Archive,
        /// True if the viewer may create entries in the calendar, or import them.
        create_entries: CreateEntries,
        /// True if the viewer may share the calendar with partners.
        share: Share,
    }
    /// Actions open to the viewer on a calendar entry.
    CalendarEntryAbilities of entities::calendar_entry::Entity {
        /// True if the viewer may change the entry.
        update: Update,
        /// True if the viewer may cancel the entry.
        cancel: Cancel,
        /// True if the viewer may acknowledge a conflict of the entry.
        acknowledge: Acknowledge,
        /// True if the viewer may comment on the entry in coordination rounds and, on behalf of a party other than the
        /// owner, propose changes of it.
        contribute: Contribute,
    }
    /// Actions open to the viewer on an external calendar.
    ExternalCalendarAbilities of entities::external_calendar::Entity {
        /// True if the viewer may change address and interval.
        update: Update,
        /// True if the viewer may have the calendar fetched at the next opportunity.
        refresh: Refresh,
        /// True if the viewer may end the subscription.
        unsubscribe: Unsubscribe,
    }
    /// Actions open to the viewer on a learning place.
    LearningPlaceAbilities of entities::learning_place::Entity {
        /// True if the viewer may change the record.
        update: Update,
        /// True if the viewer may archive the record, or return it from the archive.
        archive: Archive,
        /// True if the viewer may reverse the merge of the record.
        unmerge: Unmerge,
    }
    /// Actions open to the viewer on an organisation.
    OrganisationAbilities of entities::organisation::Entity {
        /// True if the viewer may change the record.
        update: Update,
        /// True if the viewer may archive the record, or return it from the archive.
        archive: Archive,
        /// True if the viewer may reverse the merge of the record.
        unmerge: Unmerge,
    }
    /// Actions open to the viewer on a merge proposal.
    MergeProposalAbilities of entities::merge_proposal::Entity {
        /// True if the viewer may accept the proposal.
        accept: Accept,
        /// True if the viewer may decline the proposal.
        decline: Decline,
        /// True if the viewer may withdraw the proposal.
        withdraw: Withdraw,
    }
    /// Actions open to the viewer on an education offer.
    EducationOfferAbilities of entities::education_offer::Entity {
        /// True if the viewer may change the offer.
        update: Update,
        /// True if the viewer may publish the offer.
        publish: Publish,
        /// True if the viewer may withdraw the offer from the public.
        withdraw: Withdraw,
    }
    /// Actions open to the viewer on an agreement.
    AgreementAbilities of entities::agreement::Entity {
        /// True if the viewer may propose the agreement to its parties.
        propose: Propose,
        /// True if the viewer may sign the agreement for a party.
        sign: Sign,
        /// True if the viewer may end the agreement.
        end: End,
    }
    /// Actions open to the viewer on a share.
    ShareAbilities of entities::share::Entity {
        /// True if the viewer may end the share.
        end: End,
    }
    /// Actions open to the viewer on a member.
    MemberAbilities of entities::member::Entity {
        /// True if the viewer may change name and e-mail address of the member.
        update: Update,
        /// True if the viewer may grant and revoke roles of the member.
        manage_roles: ManageRoles,
    }
    /// Actions open to the viewer on a role grant.
    RoleGrantAbilities of entities::role_grant::Entity {
        /// True if the viewer may revoke the role.
        revoke: Revoke,
        /// True if the viewer may confirm the grant.
        confirm: Confirm,
    }
    /// Actions open to the viewer on a feed.
    FeedAbilities of entities::feed::Entity {
        /// True if the viewer may change the feed.
        update: Update,
        /// True if the viewer may revoke the feed.
        revoke: Revoke,
    }
    /// Actions open to the viewer on an office closure.
    TenantClosureAbilities of entities::tenant_closure::Entity {
        /// True if the viewer may change the closure.
        update: Update,
        /// True if the viewer may delete the closure.
        delete: Delete,
    }
    /// Actions open to the viewer on a contact of an authority.
    TenantContactAbilities of entities::tenant_contact::Entity {
        /// True if the viewer may change the contact.
        update: Update,
        /// True if the viewer may delete the contact.
        delete: Delete,
    }
    /// Actions open to the viewer on a project.
    ProjectAbilities of entities::project::Entity {
        /// True if the viewer may change the project, on behalf of the lead.
        update: Update,
        /// True if the viewer may take the project to another phase, on behalf of the lead.
        advance: Advance,
        /// True if the viewer may invite a partner, on behalf of the lead.
        add_partner: AddPartner,
        /// True if the viewer may accept an invitation to take part.
        join: Join,
        /// True if the viewer may add parts to the project, on behalf of a party.
        take_part: TakePart,
        /// True if the viewer may share the project with partners.
        share: Share,
    }
    /// Actions open to the viewer on a work package.
    WorkPackageAbilities of entities::work_package::Entity {
        /// True if the viewer may change the work package, on behalf of the party that owns it.
        update: Update,
    }
    /// Actions open to the viewer on a milestone.
    MilestoneAbilities of entities::milestone::Entity {
        /// True if the viewer may change the milestone, on behalf of the party that owns it.
        update: Update,
    }
    /// Actions open to the viewer on a member of a project.
    ProjectMemberAbilities of entities::project_member::Entity {
        /// True if the viewer may remove the member, on behalf of the party that owns the record.
        remove: Remove,
    }
    /// Actions open to the viewer on an indicator of a project.
    ProjectIndicatorAbilities of entities::project_indicator::Entity {
        /// True if the viewer may change the indicator, on behalf of the party that owns it.
        update: Update,
        /// True if the viewer may add a measured value, on behalf of the party that owns the indicator.
        measure: Measure,
    }
    /// Actions open to the viewer on a link of a project.
    ProjectLinkAbilities of entities::project_link::Entity {
        /// True if the viewer may remove the link, on behalf of the party that owns it.
        remove: Remove,
    }
    /// Actions open to the viewer on a document of a project.
    ProjectDocumentAbilities of entities::project_document::Entity {
        /// True if the viewer may upload a version, on behalf of the party that owns the document.
        update: Update,
    }
    /// Actions open to the viewer on a funding.
    FundingAbilities of entities::funding::Entity {
        /// True if the viewer may change the funding, on behalf of the recipient.
        update: Update,
        /// True if the viewer may take the funding to another state, on behalf of the recipient.
        advance: Advance,
        /// True if the viewer may add obligations, on behalf of the recipient.
        create_obligations: CreateObligations,
    }
    /// Actions open to the viewer on an obligation.
    ObligationAbilities of entities::obligation::Entity {
        /// True if the viewer may record the fulfilment, on behalf of the recipient.
        fulfil: Fulfil,
        /// True if the viewer may record a waiver by the funder, on behalf of the recipient.
        waive: Waive,
    }
    /// Actions open to the viewer on an annual plan.
    AnnualPlanAbilities of entities::annual_plan::Entity {
        /// True if the viewer may change the plan.
        update: Update,
    }
    /// Actions open to the viewer on a coordination round.
    CoordinationRoundAbilities of entities::coordination_round::Entity {
        /// True if the viewer may contribute plans, comments and proposals, on behalf of a party.
        take_part: TakePart,
        /// True if the viewer may change deadline and interval, on behalf of the party that opened the round.
        update: Update,
        /// True if the viewer may start the coordination, on behalf of a party.
        start: Start,
        /// True if the viewer may sign the outcome, on behalf of a party that has settled its conflicts and proposals.
        sign_off: SignOff,
        /// True if the viewer may publish the outcome, on behalf of a party.
        publish: Publish,
        /// True if the viewer may close the round without an outcome, on behalf of a party.
        close: Close,
    }
    /// Actions open to the viewer on a change proposal.
    ChangeProposalAbilities of domain::planning::proposals::VisibleProposals {
        /// True if the viewer may accept the proposal.
        accept: Accept,
        /// True if the viewer may decline the proposal.
        decline: Decline,
        /// True if the viewer may answer with another proposal.
        counter: Counter,
        /// True if the viewer may withdraw the proposal.
        withdraw: Withdraw,
    }
    /// Actions open to the viewer on a dataset.
    DatasetAbilities of entities::dataset::Entity {
        /// True if the viewer may change the metadata of the dataset.
        update: Update,
        /// True if the viewer may import files.
        import: Import,
        /// True if the viewer may propose a release to the public; another open proposal is not considered.
        propose_release: ProposeRelease,
        /// True if the viewer may share the dataset with partners.
        share: Share,
        /// True if the viewer may open the dataset to partners, or close it.
        change_access: ChangeAccess,
        /// True if the viewer may withdraw the dataset from the public.
        withdraw: Withdraw,
    }
    /// Actions open to the viewer on a version of a dataset.
    DatasetVersionAbilities of entities::dataset_version::Entity {
        /// True if the viewer may publish the version.
        publish: Publish,
        /// True if the viewer may withdraw the version.
        withdraw: Withdraw,
    }
    /// Actions open to the viewer on an import.
    DatasetImportAbilities of entities::dataset_import::Entity {
        /// True if the viewer may cancel the import.
        cancel: Cancel,
    }
    /// Actions open to the viewer on a release.
    DatasetReleaseAbilities of entities::dataset_release::Entity {
        /// True if the viewer may approve the release.
        approve: Approve,
        /// True if the viewer may decline the release.
        decline: Decline,
        /// True if the viewer may withdraw the release, as the person who proposed it.
        withdraw: Withdraw,
    }
    /// Actions open to the viewer on a data request.
    DataRequestAbilities of entities::data_request::Entity {
        /// True if the viewer may grant the request.
        grant: Grant,
        /// True if the viewer may refuse the request.
        refuse: Refuse,
        /// True if the viewer may withdraw the request.
        withdraw: Withdraw,
    }
}
