//! Closed sets of the directory: learning places, organisations and education offers.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::closed_sets::{closed_sets, define_sets};

closed_sets! { $ directory_sets
    /// Visibility of a directory entry.
    Visibility {
        /// Internal, for members of the authority with `PLACES_READ` only.
        Internal = "INTERNAL",
        /// Public, also for viewers who are not signed in.
        Public = "PUBLIC",
    }

    /// Kind of a learning place.
    LearningPlaceKind {
        /// Day-care centre ("Kindertageseinrichtung").
        Kindergarten = "KINDERGARTEN",
        /// Primary school ("Grundschule").
        PrimarySchool = "PRIMARY_SCHOOL",
        /// Lower secondary school ("Mittelschule").
        LowerSecondarySchool = "LOWER_SECONDARY_SCHOOL",
        /// Primary and lower secondary school ("Grund- und Mittelschule").
        PrimaryAndLowerSecondarySchool = "PRIMARY_AND_LOWER_SECONDARY_SCHOOL",
        /// Intermediate school ("Realschule").
        IntermediateSchool = "INTERMEDIATE_SCHOOL",
        /// Grammar school ("Gymnasium").
        GrammarSchool = "GRAMMAR_SCHOOL",
        /// Vocational school ("Berufsschule").
        VocationalSchool = "VOCATIONAL_SCHOOL",
        /// Commercial school ("Wirtschaftsschule").
        CommercialSchool = "COMMERCIAL_SCHOOL",
        /// Upper vocational school ("Fachoberschule" or "Berufsoberschule").
        UpperVocationalSchool = "UPPER_VOCATIONAL_SCHOOL",
        /// Special needs school ("Förderzentrum").
        SpecialNeedsSchool = "SPECIAL_NEEDS_SCHOOL",
        /// Technical college ("Fachschule").
        TechnicalCollege = "TECHNICAL_COLLEGE",
        /// Adult education centre ("Volkshochschule") or other place of adult education.
        AdultEducation = "ADULT_EDUCATION",
        /// Music school ("Musikschule").
        MusicSchool = "MUSIC_SCHOOL",
        /// Library.
        Library = "LIBRARY",
        /// Club ("Verein").
        Club = "CLUB",
        /// Place of leisure.
        Leisure = "LEISURE",
        /// Company.
        Company = "COMPANY",
        /// Counselling centre.
        CounsellingCentre = "COUNSELLING_CENTRE",
        /// Gym or sports ground.
        SportsFacility = "SPORTS_FACILITY",
        /// Any other kind.
        Other = "OTHER",
    }

    /// Kind of an organisation.
    OrganisationKind {
        /// Public authority or office.
        PublicAuthority = "PUBLIC_AUTHORITY",
        /// Body responsible for schools ("Schulträger").
        SchoolAuthority = "SCHOOL_AUTHORITY",
        /// Adult education centre ("Volkshochschule").
        AdultEducationCentre = "ADULT_EDUCATION_CENTRE",
        /// Club or registered association.
        Association = "ASSOCIATION",
        /// Welfare organisation.
        WelfareOrganisation = "WELFARE_ORGANISATION",
        /// Church or religious community.
        Church = "CHURCH",
        /// Foundation.
        Foundation = "FOUNDATION",
        /// Chamber or guild.
        Chamber = "CHAMBER",
        /// Company.
        Company = "COMPANY",
        /// University.
        University = "UNIVERSITY",
        /// Any other kind.
        Other = "OTHER",
    }

    /// External register with ids of learning places or organisations.
    ExternalIdScheme {
        /// School number ("Schulnummer") of the state ministry: 4 to 8 digits.
        SchoolNumber = "SCHOOL_NUMBER",
        /// OpenStreetMap element: `node/1`, `way/1`, `relation/1`.
        Osm = "OSM",
        /// Wikidata item: `Q1`.
        Wikidata = "WIKIDATA",
        /// Official key of a municipality or district ("Regionalschlüssel"): twelve digits.
        Ars = "ARS",
        /// Number of an adult education centre in its association: 1 to 20 letters, digits, `-`, `/` or `:`.
        Vhs = "VHS",
        /// Library identifier ISIL (ISO 15511): `DE-12`.
        Isil = "ISIL",
    }

    /// State of a merge proposal.
    MergeProposalState {
        /// Proposal not yet answered.
        Open = "OPEN",
        /// Proposal accepted by the owner of the duplicate; records merged.
        Accepted = "ACCEPTED",
        /// Proposal declined by the receiving authority.
        Declined = "DECLINED",
        /// Proposal withdrawn by the proposing authority.
        Withdrawn = "WITHDRAWN",
    }

    /// Kind of object in the directory history.
    DirectorySubject {
        /// Learning place.
        LearningPlace = "LEARNING_PLACE",
        /// Organisation.
        Organisation = "ORGANISATION",
        /// Education offer.
        EducationOffer = "EDUCATION_OFFER",
    }
}

closed_sets! { $ offer_sets
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
