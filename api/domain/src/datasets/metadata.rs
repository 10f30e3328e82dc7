//! Metadata of datasets and their checks.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{Frequency, dataset, region};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::text;
use serde_json::json;
use store::Session;
use tabular::licence::Licence;

use crate::datasets::service::string_list;

/// Metadata of a dataset.
#[derive(Clone, Debug)]
pub struct DatasetMetadata {
    /// Title, unique in the authority.
    pub title: String,
    /// Description of the content.
    pub description: Option<String>,
    /// Keywords for the search.
    pub keywords: Vec<String>,
    /// Name of the contact point.
    pub contact_name: Option<String>,
    /// E-mail address of the contact point.
    pub contact_email: Option<String>,
    /// Web page of the contact point.
    pub contact_url: Option<String>,
    /// Code of the licence.
    pub licence: Option<String>,
    /// Text with which users must name the source.
    pub attribution: Option<String>,
    /// Body that collected the data.
    pub collector: Option<String>,
    /// System or publication that the data come from.
    pub source: Option<String>,
    /// Web address of the source.
    pub source_url: Option<String>,
    /// Method of collection.
    pub method: Option<String>,
    /// Data from which these data were derived.
    pub derived_from: Option<String>,
    /// Official key of the region covered.
    pub region: Option<String>,
    /// First day covered.
    pub covers_from: Option<NaiveDate>,
    /// Last day covered.
    pub covers_until: Option<NaiveDate>,
    /// Frequency of new versions.
    pub frequency: Option<Frequency>,
    /// Address of a web page outside this service.
    pub landing_page: Option<String>,
    /// Language of titles and texts.
    pub language: String,
    /// Purpose of the processing.
    pub purpose: Option<String>,
    /// Legal basis of the processing.
    pub legal_basis: Option<String>,
    /// Last day of the retention period.
    pub retention_until: Option<NaiveDate>,
}

impl DatasetMetadata {
    /// Current metadata of a dataset.
    pub(super) fn of(row: &dataset::Model) -> Self {
        let row = row.clone();
        Self {
            title: row.title,
            description: row.description,
            keywords: string_list(&row.keywords),
            contact_name: row.contact_name,
            contact_email: row.contact_email,
            contact_url: row.contact_url,
            licence: row.licence,
            attribution: row.attribution,
            collector: row.collector,
            source: row.source,
            source_url: row.source_url,
            method: row.method,
            derived_from: row.derived_from,
            region: row.region,
            covers_from: row.covers_from,
            covers_until: row.covers_until,
            frequency: row.frequency,
            landing_page: row.landing_page,
            language: row.language,
            purpose: row.purpose,
            legal_basis: row.legal_basis,
            retention_until: row.retention_until,
        }
    }

    /// Writes the metadata, which were checked, into the row of a dataset.
    pub(super) fn store_in(self, row: &mut dataset::Model) {
        let found_by = [Some(&self.title), self.description.as_ref(), self.source.as_ref(), self.collector.as_ref()];
        let found_by: Vec<_> = found_by.into_iter().flatten().chain(&self.keywords).map(|it| text::fold(it)).collect();
        row.search_text = found_by.join("\n");
        row.title = self.title;
        row.description = self.description;
        row.keywords = json!(self.keywords);
        row.contact_name = self.contact_name;
        row.contact_email = self.contact_email;
        row.contact_url = self.contact_url;
        row.licence = self.licence;
        row.attribution = self.attribution;
        row.collector = self.collector;
        row.source = self.source;
        row.source_url = self.source_url;
        row.method = self.method;
        row.derived_from = self.derived_from;
        row.region = self.region;
        row.covers_from = self.covers_from;
        row.covers_until = self.covers_until;
        row.frequency = self.frequency;
        row.landing_page = self.landing_page;
        row.language = self.language;
        row.purpose = self.purpose;
        row.legal_basis = self.legal_basis;
        row.retention_until = self.retention_until;
    }

    /// The metadata, trimmed.
    ///
    /// # Errors
    /// Everything that is wrong with them; the database fails.
    pub(super) async fn checked(self, session: &Session) -> ApiResult<Self> {
        let attribution = text::optional(self.attribution, "attribution", 1_000);
        let region = check_region(session, self.region.as_deref()).await;
        // A text that is refused itself is neither missing nor wrong for another reason.
        let further = all((
            check_licence(self.licence.as_deref(), attribution.as_ref().is_ok_and(Option::is_none)),
            region,
            check_coverage(self.covers_from, self.covers_until),
            check_language(&self.language),
        ));
        let texts = all((
            text::optional(self.description, "description", 4_000),
            text::optional(self.contact_name, "contact.name", 200),
            attribution,
            text::optional(self.collector, "provenance.collector", 200),
            text::optional(self.source, "provenance.source", 500),
            text::optional(self.method, "provenance.method", 4_000),
            text::optional(self.derived_from, "provenance.derivedFrom", 1_000),
            text::optional(self.purpose, "purpose", 1_000),
            text::optional(self.legal_basis, "legalBasis", 1_000),
        ));
        let (texts, title, contact_url, source_url, landing_page, keywords, contact_email, _) = all((
            texts,
            text::line(&self.title, "title", 200),
            text::web_address(self.contact_url, "contact.url"),
            text::web_address(self.source_url, "provenance.sourceUrl"),
            text::web_address(self.landing_page, "landingPage"),
            checked_keywords(&self.keywords),
            text::email_address(self.contact_email, "contact.email", 200),
            further,
        ))?;
        let (description, contact_name, attribution, ..) = texts;
        let (.., collector, source, method, derived_from, purpose, legal_basis) = texts;
        Ok(Self {
            title,
            description,
            keywords,
            contact_name,
            contact_email,
            contact_url,
            attribution,
            collector,
            source,
            source_url,
            method,
            derived_from,
            landing_page,
            purpose,
            legal_basis,
            ..self
        })
    }
}

fn checked_keywords(new: &[String]) -> ApiResult<Vec<String>> {
    let mut problems = Problems::default();
    let mut keywords = Vec::new();
    for keyword in new {
        keywords.extend(problems.take(text::line(keyword, "keywords", 60))?);
    }
    problems.done()?;
    let mut seen = BTreeSet::new();
    keywords.retain(|it: &String| seen.insert(it.clone()));
    Ok(keywords)
}

fn check_licence(code: Option<&str>, unattributed: bool) -> ApiResult<()> {
    match code.map(|it| (it, Licence::of(it))) {
        Some((code, None)) => {
            let known: Vec<_> = Licence::ALL.iter().map(|it| it.code()).collect();
            let text = Text::new("no-licence").with("value", code).with("known", known.join(", "));
            Err(Problem::at(UserErrorCode::Invalid, "licence", text).into())
        }
        Some((_, Some(licence))) if licence.needs_attribution() && unattributed => {
            let text = Text::new("licence-needs-attribution");
            Err(Problem::at(UserErrorCode::Required, "attribution", text).into())
        }
        Some(_) | None => Ok(()),
    }
}

async fn check_region(session: &Session, ags: Option<&str>) -> ApiResult<()> {
    if let Some(ags) = ags
        && session.get::<region::Entity>(ags.to_owned()).await?.is_none()
        && !is_wide_region(ags)
    {
        return Err(Problem::at(UserErrorCode::Invalid, "region", Text::new("no-region").with("value", ags)).into());
    }
    Ok(())
}

fn check_coverage(from: Option<NaiveDate>, until: Option<NaiveDate>) -> ApiResult<()> {
    if let (Some(from), Some(until)) = (from, until)
        && from > until
    {
        let text = Text::new("ends-before-start").with("from", from).with("until", until);
        return Err(Problem::at(UserErrorCode::OutOfRange, "covers.lastDay", text).into());
    }
    Ok(())
}

fn check_language(language: &str) -> ApiResult<()> {
    if !matches!(language, "de" | "en") {
        let text = Text::new("no-dataset-language").with("value", language);
        return Err(Problem::at(UserErrorCode::Invalid, "language", text).into());
    }
    Ok(())
}

/// Germany, a state or an administrative region: the list of regions begins with districts.
fn is_wide_region(ags: &str) -> bool {
    ags == "DG" || (matches!(ags.len(), 2 | 3) && ags.bytes().all(|it| it.is_ascii_digit()))
}
