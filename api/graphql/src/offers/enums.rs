//! Closed sets of education offers in the schema.

use async_graphql::Enum;
use entities as e;

use crate::enums::closed_set;

closed_set! {
    /// What kind of education offer it is.
    OfferKind {
        /// A course over some time.
        Course,
        /// Working on a topic, once.
        Workshop,
        /// A lecture or information evening.
        Lecture,
        /// Advice for one or a few.
        Counselling,
        /// A trip or visit.
        Excursion,
        /// An exhibition or fair.
        Exhibition,
        /// An open meeting.
        MeetingPlace,
        /// Any other.
        Other,
    }
}

closed_set! {
    /// What an education offer is about.
    OfferTopic {
        /// Learning a language.
        Language,
        /// Reading, writing, reckoning.
        Literacy,
        /// Help beside school.
        SchoolSupport,
        /// Making up for a certificate.
        SchoolLeavingCertificate,
        /// Finding a vocation.
        VocationalOrientation,
        /// Training for the job.
        FurtherTraining,
        /// Computers and media.
        DigitalSkills,
        /// Science and technology.
        Science,
        /// Nature and environment.
        Nature,
        /// Art, literature, history.
        Culture,
        /// Music.
        Music,
        /// Health and nutrition.
        Health,
        /// Sport and movement.
        Sport,
        /// Parents and families.
        Family,
        /// Politics, law, society.
        Society,
        /// Arriving and taking part.
        Integration,
        /// Any other.
        Other,
    }
}

closed_set! {
    /// What makes an offer accessible.
    Accessibility {
        /// Without steps.
        Wheelchair,
        /// With a toilet for wheelchair users.
        AccessibleToilet,
        /// With sign language.
        SignLanguage,
        /// With a hearing loop.
        HearingLoop,
        /// In easy language.
        EasyLanguage,
        /// With guidance for blind people.
        TactileGuidance,
        /// With care for children meanwhile.
        Childcare,
        /// Can be attended online.
        Online,
    }
}

closed_set! {
    /// Where an offer stands.
    EducationOfferState {
        /// Its authority alone sees it.
        Draft,
        /// Everybody sees it.
        Published,
        /// It was taken back; its authority alone sees it.
        Withdrawn,
    }
}
