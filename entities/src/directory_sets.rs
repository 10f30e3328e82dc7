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
    /// Kind of an education offer.
    OfferKind {
        /// Course over a period of time.
        Course = "COURSE",
        /// Workshop on a topic, held once.
        Workshop = "WORKSHOP",
        /// Lecture or information evening.
        Lecture = "LECTURE",
        /// Counselling of individuals or small groups.
        Counselling = "COUNSELLING",
        /// Excursion or visit.
        Excursion = "EXCURSION",
        /// Exhibition or fair.
        Exhibition = "EXHIBITION",
        /// Open meeting.
        MeetingPlace = "MEETING_PLACE",
        /// Any other offer.
        Other = "OTHER",
    }
}

closed_set! {
    /// Topic of an education offer.
    OfferTopic {
        /// Language learning.
        Language = "LANGUAGE",
        /// Reading, writing and arithmetic.
        Literacy = "LITERACY",
        /// Support alongside school.
        SchoolSupport = "SCHOOL_SUPPORT",
        /// School-leaving certificate obtained later.
        SchoolLeavingCertificate = "SCHOOL_LEAVING_CERTIFICATE",
        /// Vocational orientation.
        VocationalOrientation = "VOCATIONAL_ORIENTATION",
        /// Further vocational training.
        FurtherTraining = "FURTHER_TRAINING",
        /// Digital skills and media.
        DigitalSkills = "DIGITAL_SKILLS",
        /// Science and technology.
        Science = "SCIENCE",
        /// Nature and environment.
        Nature = "NATURE",
        /// Art, literature and history.
        Culture = "CULTURE",
        /// Music.
        Music = "MUSIC",
        /// Health and nutrition.
        Health = "HEALTH",
        /// Sport and exercise.
        Sport = "SPORT",
        /// Parents and families.
        Family = "FAMILY",
        /// Politics, law and society.
        Society = "SOCIETY",
        /// Integration and participation of newcomers.
        Integration = "INTEGRATION",
        /// Any other topic.
        Other = "OTHER",
    }
}

closed_set! {
    /// Accessibility feature of an education offer.
    Accessibility {
        /// Access without steps.
        Wheelchair = "WHEELCHAIR",
        /// Toilet for wheelchair users.
        AccessibleToilet = "ACCESSIBLE_TOILET",
        /// Sign language.
        SignLanguage = "SIGN_LANGUAGE",
        /// Hearing loop.
        HearingLoop = "HEARING_LOOP",
        /// Easy language ("Leichte Sprache").
        EasyLanguage = "EASY_LANGUAGE",
        /// Tactile guidance for blind people.
        TactileGuidance = "TACTILE_GUIDANCE",
        /// Childcare during the offer.
        Childcare = "CHILDCARE",
        /// Participation online.
        Online = "ONLINE",
    }
}

closed_set! {
    /// State of an education offer.
    EducationOfferState {
        /// Draft, visible only to the owning authority.
        Draft = "DRAFT",
        /// Published offer, visible to everybody.
        Published = "PUBLISHED",
        /// Withdrawn offer, visible only to the owning authority.
        Withdrawn = "WITHDRAWN",
    }
}
