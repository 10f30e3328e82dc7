//! Closed sets of the directory: learning places, organisations and education offers.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::closed_sets::closed_set;

closed_set! {
    /// The kind of a learning place.
    LearningPlaceKind {
        /// Kindertageseinrichtung.
        Kindergarten = "KINDERGARTEN",
        /// Grundschule.
        PrimarySchool = "PRIMARY_SCHOOL",
        /// Mittelschule.
        LowerSecondarySchool = "LOWER_SECONDARY_SCHOOL",
        /// Grund- und Mittelschule.
        PrimaryAndLowerSecondarySchool = "PRIMARY_AND_LOWER_SECONDARY_SCHOOL",
        /// Realschule.
        IntermediateSchool = "INTERMEDIATE_SCHOOL",
        /// Gymnasium.
        GrammarSchool = "GRAMMAR_SCHOOL",
        /// Berufsschule.
        VocationalSchool = "VOCATIONAL_SCHOOL",
        /// Wirtschaftsschule.
        CommercialSchool = "COMMERCIAL_SCHOOL",
        /// Fachoberschule, Berufsoberschule.
        UpperVocationalSchool = "UPPER_VOCATIONAL_SCHOOL",
        /// Förderzentrum.
        SpecialNeedsSchool = "SPECIAL_NEEDS_SCHOOL",
        /// Fachschule.
        TechnicalCollege = "TECHNICAL_COLLEGE",
        /// Volkshochschule and others.
        AdultEducation = "ADULT_EDUCATION",
        /// Musikschule.
        MusicSchool = "MUSIC_SCHOOL",
        /// Library.
        Library = "LIBRARY",
        /// Verein.
        Club = "CLUB",
        /// Leisure.
        Leisure = "LEISURE",
        /// Company.
        Company = "COMPANY",
        /// Counselling centre.
        CounsellingCentre = "COUNSELLING_CENTRE",
        /// Gym, sports ground.
        SportsFacility = "SPORTS_FACILITY",
        /// Anything else.
        Other = "OTHER",
    }
}

closed_set! {
    /// What kind of organisation it is.
    OrganisationKind {
        /// A public authority or office.
        PublicAuthority = "PUBLIC_AUTHORITY",
        /// Who runs schools (Schulträger).
        SchoolAuthority = "SCHOOL_AUTHORITY",
        /// Volkshochschule and the like.
        AdultEducationCentre = "ADULT_EDUCATION_CENTRE",
        /// A club or registered association.
        Association = "ASSOCIATION",
        /// A welfare organisation.
        WelfareOrganisation = "WELFARE_ORGANISATION",
        /// A church or religious community.
        Church = "CHURCH",
        /// A foundation.
        Foundation = "FOUNDATION",
        /// A chamber or guild.
        Chamber = "CHAMBER",
        /// A company.
        Company = "COMPANY",
        /// A university.
        University = "UNIVERSITY",
        /// Any other.
        Other = "OTHER",
    }
}

closed_set! {
    /// A register in which places and organisations have ids.
    ExternalIdScheme {
        /// Number of a school at its state's ministry (Schulnummer).
        SchoolNumber = "SCHOOL_NUMBER",
        /// OpenStreetMap: `node/1`, `way/1`, `relation/1`.
        Osm = "OSM",
        /// Wikidata: `Q1`.
        Wikidata = "WIKIDATA",
        /// Official key of a municipality or district (Regionalschlüssel), twelve digits.
        Ars = "ARS",
        /// Number of an adult education centre in its association.
        Vhs = "VHS",
        /// Library (ISO 15511): `DE-12`.
        Isil = "ISIL",
    }
}

closed_set! {
    /// Where a merge proposal stands.
    MergeProposalState {
        /// It waits for an answer.
        Open = "OPEN",
        /// The owner of the duplicate merged it.
        Accepted = "ACCEPTED",
        /// It was turned down.
        Declined = "DECLINED",
        /// It was taken back.
        Withdrawn = "WITHDRAWN",
    }
}

closed_set! {
    /// What an entry of the history is about.
    DirectorySubject {
        /// A learning place.
        LearningPlace = "LEARNING_PLACE",
        /// An organisation.
        Organisation = "ORGANISATION",
        /// An education offer.
        EducationOffer = "EDUCATION_OFFER",
    }
}

closed_set! {
    /// What kind of education offer it is.
    OfferKind {
        /// A course over some time.
        Course = "COURSE",
        /// Working on a topic, once.
        Workshop = "WORKSHOP",
        /// A lecture or information evening.
        Lecture = "LECTURE",
        /// Advice for one or a few.
        Counselling = "COUNSELLING",
        /// A trip or visit.
        Excursion = "EXCURSION",
        /// An exhibition or fair.
        Exhibition = "EXHIBITION",
        /// An open meeting.
        MeetingPlace = "MEETING_PLACE",
        /// Any other.
        Other = "OTHER",
    }
}

closed_set! {
    /// What an education offer is about.
    OfferTopic {
        /// Learning a language.
        Language = "LANGUAGE",
        /// Reading, writing, reckoning.
        Literacy = "LITERACY",
        /// Help beside school.
        SchoolSupport = "SCHOOL_SUPPORT",
        /// Making up for a certificate.
        SchoolLeavingCertificate = "SCHOOL_LEAVING_CERTIFICATE",
        /// Finding a vocation.
        VocationalOrientation = "VOCATIONAL_ORIENTATION",
        /// Training for the job.
        FurtherTraining = "FURTHER_TRAINING",
        /// Computers and media.
        DigitalSkills = "DIGITAL_SKILLS",
        /// Science and technology.
        Science = "SCIENCE",
        /// Nature and environment.
        Nature = "NATURE",
        /// Art, literature, history.
        Culture = "CULTURE",
        /// Music.
        Music = "MUSIC",
        /// Health and nutrition.
        Health = "HEALTH",
        /// Sport and movement.
        Sport = "SPORT",
        /// Parents and families.
        Family = "FAMILY",
        /// Politics, law, society.
        Society = "SOCIETY",
        /// Arriving and taking part.
        Integration = "INTEGRATION",
        /// Any other.
        Other = "OTHER",
    }
}

closed_set! {
    /// What makes an offer accessible.
    Accessibility {
        /// Without steps.
        Wheelchair = "WHEELCHAIR",
        /// With a toilet for wheelchair users.
        AccessibleToilet = "ACCESSIBLE_TOILET",
        /// With sign language.
        SignLanguage = "SIGN_LANGUAGE",
        /// With a hearing loop.
        HearingLoop = "HEARING_LOOP",
        /// In easy language.
        EasyLanguage = "EASY_LANGUAGE",
        /// With guidance for blind people.
        TactileGuidance = "TACTILE_GUIDANCE",
        /// With care for children meanwhile.
        Childcare = "CHILDCARE",
        /// Can be attended online.
        Online = "ONLINE",
    }
}

closed_set! {
    /// Where an offer stands.
    EducationOfferState {
        /// Its authority alone sees it.
        Draft = "DRAFT",
        /// Everybody sees it.
        Published = "PUBLISHED",
        /// It was taken back; its authority alone sees it.
        Withdrawn = "WITHDRAWN",
    }
}
