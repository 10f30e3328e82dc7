//! Closed sets of education offers in the schema.

use async_graphql::Enum;
use entities as e;

use crate::enums::closed_set;

closed_set! {
    /// Kind of an education offer.
    OfferKind {
        /// Course over a period of time.
        Course,
        /// Workshop on a topic, held once.
        Workshop,
        /// Lecture or information evening.
        Lecture,
        /// Counselling of individuals or small groups.
        Counselling,
        /// Excursion or visit.
        Excursion,
        /// Exhibition or fair.
        Exhibition,
        /// Open meeting.
        MeetingPlace,
        /// Any other offer.
        Other,
    }
}

closed_set! {
    /// Topic of an education offer.
    OfferTopic {
        /// Language learning.
        Language,
        /// Reading, writing and arithmetic.
        Literacy,
        /// Support alongside school.
        SchoolSupport,
        /// School-leaving certificate obtained later.
        SchoolLeavingCertificate,
        /// Vocational orientation.
        VocationalOrientation,
        /// Further vocational training.
        FurtherTraining,
        /// Digital skills and media.
        DigitalSkills,
        /// Science and technology.
        Science,
        /// Nature and environment.
        Nature,
        /// Art, literature and history.
        Culture,
        /// Music.
        Music,
        /// Health and nutrition.
        Health,
        /// Sport and exercise.
        Sport,
        /// Parents and families.
        Family,
        /// Politics, law and society.
        Society,
        /// Integration and participation of newcomers.
        Integration,
        /// Any other topic.
        Other,
    }
}

closed_set! {
    /// Accessibility feature of an education offer.
    Accessibility {
        /// Access without steps.
        Wheelchair,
        /// Toilet for wheelchair users.
        AccessibleToilet,
        /// Sign language.
        SignLanguage,
        /// Hearing loop.
        HearingLoop,
        /// Easy language ("Leichte Sprache").
        EasyLanguage,
        /// Tactile guidance for blind people.
        TactileGuidance,
        /// Childcare during the offer.
        Childcare,
        /// Participation online.
        Online,
    }
}

closed_set! {
    /// State of an education offer.
    EducationOfferState {
        /// Draft, visible only to the owning authority.
        Draft,
        /// Published offer, visible to everybody.
        Published,
        /// Withdrawn offer, visible only to the owning authority.
        Withdrawn,
    }
}
