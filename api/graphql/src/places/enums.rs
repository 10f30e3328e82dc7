//! Closed sets of the directory in the schema.

use async_graphql::Enum;
use entities as e;

use crate::enums::closed_set;

closed_set! {
    /// Visibility of a directory entry.
    Visibility {
        /// Internal, for members of the authority with `PLACES_READ` only.
        Internal,
        /// Public, also for viewers who are not signed in.
        Public,
    }
}

closed_set! {
    /// Kind of an organisation.
    OrganisationKind {
        /// Public authority or office.
        PublicAuthority,
        /// Body responsible for schools ("Schulträger").
        SchoolAuthority,
        /// Adult education centre ("Volkshochschule").
        AdultEducationCentre,
        /// Club or registered association.
        Association,
        /// Welfare organisation.
        WelfareOrganisation,
        /// Church or religious community.
        Church,
        /// Foundation.
        Foundation,
        /// Chamber or guild.
        Chamber,
        /// Company.
        Company,
        /// University.
        University,
        /// Any other kind.
        Other,
    }
}

closed_set! {
    /// External register with ids of learning places or organisations.
    ExternalIdScheme {
        /// School number ("Schulnummer") of the state ministry: 4 to 8 digits.
        SchoolNumber,
        /// OpenStreetMap element: `node/1`, `way/1`, `relation/1`.
        Osm,
        /// Wikidata item: `Q1`.
        Wikidata,
        /// Official key of a municipality or district ("Regionalschlüssel"): twelve digits.
        Ars,
        /// Number of an adult education centre in its association: 1 to 20 letters, digits, `-`, `/` or `:`.
        Vhs,
        /// Library identifier ISIL (ISO 15511): `DE-12`.
        Isil,
    }
}

closed_set! {
    /// State of a merge proposal.
    MergeProposalState {
        /// Proposal not yet answered.
        Open,
        /// Proposal accepted by the owner of the duplicate; records merged.
        Accepted,
        /// Proposal declined by the receiving authority.
        Declined,
        /// Proposal withdrawn by the proposing authority.
        Withdrawn,
    }
}

closed_set! {
    /// Kind of object in the directory history.
    DirectorySubject {
        /// Learning place.
        LearningPlace,
        /// Organisation.
        Organisation,
        /// Education offer.
        EducationOffer,
    }
}
