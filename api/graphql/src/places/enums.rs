//! Closed sets of the directory in the schema.

use async_graphql::Enum;
use entities as e;

use crate::enums::closed_set;

closed_set! {
    /// How far an entry of the directory may go.
    Visibility {
        /// The authority alone.
        Internal,
        /// Everybody, also without signing in.
        Public,
    }
}

closed_set! {
    /// What kind of organisation it is.
    OrganisationKind {
        /// A public authority or office.
        PublicAuthority,
        /// Who runs schools (Schulträger).
        SchoolAuthority,
        /// Volkshochschule and the like.
        AdultEducationCentre,
        /// A club or registered association.
        Association,
        /// A welfare organisation.
        WelfareOrganisation,
        /// A church or religious community.
        Church,
        /// A foundation.
        Foundation,
        /// A chamber or guild.
        Chamber,
        /// A company.
        Company,
        /// A university.
        University,
        /// Any other.
        Other,
    }
}

closed_set! {
    /// A register in which places and organisations have ids.
    ExternalIdScheme {
        /// Number of a school at its state's ministry (Schulnummer).
        SchoolNumber,
        /// OpenStreetMap: `node/1`, `way/1`, `relation/1`.
        Osm,
        /// Wikidata: `Q1`.
        Wikidata,
        /// Official key of a municipality or district (Regionalschlüssel), twelve digits.
        Ars,
        /// Number of an adult education centre in its association.
        Vhs,
        /// Library (ISO 15511): `DE-12`.
        Isil,
    }
}

closed_set! {
    /// Where a merge proposal stands.
    MergeProposalState {
        /// It waits for an answer.
        Open,
        /// The owner of the duplicate merged it.
        Accepted,
        /// It was turned down.
        Declined,
        /// It was taken back.
        Withdrawn,
    }
}

closed_set! {
    /// What an entry of the history is about.
    DirectorySubject {
        /// A learning place.
        LearningPlace,
        /// An organisation.
        Organisation,
        /// An education offer.
        EducationOffer,
    }
}
