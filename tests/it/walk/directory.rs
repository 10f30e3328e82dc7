//! The part of the walk through the directory: places, organisations, merges and offers.

use serde_json::{Value, json};

use super::{OF_MERGE, OF_OFFER, OF_ORGANISATION, OF_PLACE, STEWARD, Walk, creating};

impl Walk<'_> {
    /// Places, organisations, merges that are taken back, and an offer on its way to the public and back.
    pub(super) fn directory(&self, at: usize) -> (&'static str, &'static str, Value, &'static str) {
        let id = |name: &str| self.app.world.id(name).to_owned();
        let created = |wanted: &str| {
            let mut all = creating(self.app);
            all.swap_remove(all.iter().position(|it| it.0 == wanted).expect("a creating mutation"))
        };
        let with = |object: &str, more: Value| {
            let mut input = json!({ "id": self.last[object]["id"], "version": self.last[object]["version"] });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        let renamed = || json!({ "name": "Renamed" });
        match at {
            0 => created("learningPlaceCreate"),
            1 => ("learningPlaceUpdate", STEWARD, with("learningPlace", renamed()), OF_PLACE),
            2 => ("learningPlaceArchive", STEWARD, with("learningPlace", json!({})), OF_PLACE),
            3 => created("organisationCreate"),
            4 => ("organisationUpdate", STEWARD, with("organisation", renamed()), OF_ORGANISATION),
            5 => ("organisationArchive", STEWARD, with("organisation", json!({})), OF_ORGANISATION),
            6 => created("mergeProposalCreate"),
            7 => ("mergeProposalWithdraw", STEWARD, with("mergeProposal", json!({})), OF_MERGE),
            8 => {
                let mut step = created("mergeProposalCreate");
                step.2["tenant"] = json!(id("tenant.kaufbeuren"));
                (step.0, "steward@kaufbeuren", step.2, step.3)
            }
            9 => {
                let input = with("mergeProposal", json!({ "reason": "no" }));
                ("mergeProposalDecline", STEWARD, input, OF_MERGE)
            }
            10 => ("mergeProposalAccept", STEWARD, json!({ "id": id("merge.a"), "version": 1 }), OF_MERGE),
            11 => {
                let input = json!({ "id": id("place.oal.library"), "version": 2 });
                ("learningPlaceUnmerge", STEWARD, input, OF_PLACE)
            }
            12 => {
                let mut step = created("mergeProposalCreate");
                step.2["duplicate"] = json!(id("organisation.oal.agency"));
                step.2["survivor"] = json!(id("organisation.kf.vhs"));
                step
            }
            13 => ("mergeProposalAccept", STEWARD, with("mergeProposal", json!({})), OF_MERGE),
            14 => {
                let input = json!({ "id": id("organisation.oal.agency"), "version": 2 });
                ("organisationUnmerge", STEWARD, input, OF_ORGANISATION)
            }
            15 => created("educationOfferCreate"),
            16 => {
                let input = with("educationOffer", json!({ "title": "Renamed" }));
                ("educationOfferUpdate", STEWARD, input, OF_OFFER)
            }
            17 => ("educationOfferPublish", STEWARD, with("educationOffer", json!({})), OF_OFFER),
            _ => {
                let input = with("educationOffer", json!({ "reason": "over" }));
                ("educationOfferWithdraw", STEWARD, input, OF_OFFER)
            }
        }
    }
}
