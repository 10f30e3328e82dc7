//! The one list of types with a global id. Code that has to know all types is made from the list.

/// Passes the list to the macro that is named. Each layer makes its part of a line by a macro of its own:
/// [`NodeType`](crate::global_id::NodeType) here, bindings and lookups of tables in `store`, the declarations of rights in
/// `domain`, the default of the archive, and `Node`, its loading and the root fields in `graphql`.
///
/// A line has: type, prefix of the ids (for ever), table, noun phrase for one object (used in descriptions of the schema),
/// writer of the rows, and whether rights are declared.
///
/// - Writers are those of `ScopeBinding` in `store`: `owner`, `owner_in_any_scope`, `log`, `party`, `person`; `reference` is data
///   that everybody reads and only the operator adds; admins change their own authority.
/// - `declared` types implement `Resource` in `domain`; `undeclared` ones have no operations.
/// - `special` types are not the one object of their row: parts of `Node` and the root field are written by hand.
#[macro_export]
macro_rules! for_each_node_type {
    ($callback:ident) => {
        $callback! {
            special {
                Tenant "ten" tenant "An authority" reference declared;
                CalendarEntry "cen" calendar_entry "A calendar entry" owner declared;
            }
            regular {
                FieldOfWork "fow" field_of_work "A field of work" owner undeclared;
                Member "mem" member "A member" owner declared;
                RoleGrant "rgr" role_grant "A role grant" owner declared;
                Agreement "agr" agreement "A cooperation agreement" party declared;
                Share "shr" share "A share" owner_in_any_scope declared;
                Calendar "cal" calendar "A calendar" owner declared;
                ExternalCalendar "ext" external_calendar "An external calendar" owner declared;
                LearningPlace "lpl" learning_place "A learning place" owner declared;
                Organisation "org" organisation "An organisation" owner declared;
                MergeProposal "mgp" merge_proposal "A merge proposal" party declared;
                EducationOffer "ofr" education_offer "An education offer" owner declared;
                Holiday "hol" holiday "A holiday" reference undeclared;
                TenantClosure "clo" tenant_closure "A closure of an authority" owner declared;
                TenantContact "tct" tenant_contact "A contact of an authority" owner declared;
                AuditEvent "aud" audit_event "An audit event" log declared;
                Feed "fed" feed "A feed" person declared;
                AnnualPlan "pln" annual_plan "An annual plan" owner declared;
                CoordinationRound "rnd" coordination_round "A coordination round" party declared;
                ChangeProposal "prp" change_proposal "A change proposal" party declared;
                Dataset "dst" dataset "A dataset" owner declared;
                DatasetVersion "dsv" dataset_version "A version of a dataset" owner declared;
                DatasetImport "dsi" dataset_import "The import of a file into a dataset" owner declared;
                DatasetRelease "dsr" dataset_release "The release of a dataset to the public" owner declared;
                DataRequest "drq" data_request "A data request" party declared;
                Indicator "ind" indicator "An indicator" reference undeclared;
                Project "prj" project "A project" owner declared;
                WorkPackage "wpk" work_package "A work package" owner declared;
                Milestone "mst" milestone "A milestone" owner declared;
                StatusReport "srp" status_report "A status report" owner declared;
                ProjectMember "pmb" project_member "A member of a project" owner declared;
                ProjectIndicator "pin" project_indicator "An indicator of a project" owner declared;
                ProjectLink "plk" project_link "A link of a project" owner declared;
                ProjectDocument "pdc" project_document "A document of a project" owner declared;
                ProjectArchive "par" project_archive "An archived copy of a project" owner declared;
                Funding "fnd" funding "A funding" owner declared;
                BudgetLine "bln" budget_line "A budget line" owner declared;
                Obligation "obl" obligation "An obligation towards a funder" owner declared;
                FundingProgramme "fpr" funding_programme "A funding programme" reference undeclared;
            }
        }
    };
}
