//! The part of the walk through a release: a dataset on its way to the public and back.

use serde_json::{Value, json};

use super::{ADMIN, OF_DATASET, OF_RELEASE, OF_VERSION, STEWARD, Walk};

impl Walk<'_> {
    /// A dataset on its way to the public and back.
    pub(super) fn release(&self, at: usize) -> (&'static str, &'static str, Value, &'static str) {
        let id = |name: &str| self.app.world.id(name).to_owned();
        let (dataset, draft) = (json!(id("dataset.oal.survey")), &self.draft);
        let release = &self.last["datasetRelease"];
        let decided = |more: Value| {
            let mut input = json!({ "id": release["id"], "version": release["version"] });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        let names = ["licence", "contact", "purpose", "legalBasis", "retention", "disclosure"];
        let checklist: serde_json::Map<_, _> = names.map(|it| (it.to_owned(), json!(true))).into_iter().collect();
        match at {
            0 => ("datasetVersionPublish", STEWARD, json!({ "id": draft, "version": 1 }), OF_VERSION),
            1 => (
                "datasetDownloadTicket",
                STEWARD,
                json!({ "datasetVersion": draft, "format": "CSV" }),
                "downloadTicket { path }",
            ),
            2 => {
                let input = json!({
                    "id": dataset, "version": 1, "contact": { "email": "a@b.example" }, "licence": "dl-zero-de/2.0",
                    "protection": { "method": "ROUNDING", "dimensions": ["ags", "year"] },
                });
                ("datasetUpdate", STEWARD, input, OF_DATASET)
            }
            3 | 5 => {
                let input = json!({ "dataset": dataset, "checklist": checklist });
                ("datasetReleasePropose", STEWARD, input, OF_RELEASE)
            }
            4 => ("datasetReleaseDecline", ADMIN, decided(json!({ "reason": "no" })), OF_RELEASE),
            6 => ("datasetReleaseApprove", ADMIN, decided(json!({})), OF_RELEASE),
            7 => {
                let input = json!({ "id": draft, "version": 2, "reason": "wrong" });
                ("datasetVersionWithdraw", ADMIN, input, OF_VERSION)
            }
            _ => {
                let input = json!({ "id": dataset, "version": 3, "reason": "over" });
                ("datasetWithdraw", ADMIN, input, OF_DATASET)
            }
        }
    }
}
