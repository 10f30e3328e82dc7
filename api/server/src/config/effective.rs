//! Settings as they are in effect, each with the source that won.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::layers::{Layers, SECRETS, SettingSource};
use super::read::environment_variables;
use super::{Config, builder_of};

/// A setting in effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Path of the key: `http.listen`.
    pub key: String,
    /// The value, without the passwords in it.
    pub value: Value,
    /// The source that won.
    pub source: SettingSource,
}

impl Setting {
    /// The setting as a line for people.
    pub fn line(&self) -> String {
        format!("{} = {}  # {}", self.key, self.value, self.source.words())
    }

    /// The setting for programs.
    pub fn json(&self) -> Value {
        let (source, name) = self.source.kind_and_name();
        json!({ "key": self.key, "value": self.value, "source": source, "name": name })
    }
}

/// Every setting by key, as `serve` would have it with the option `--listen`.
///
/// # Errors
/// As [`Config::load`]; a file with a secret cannot be read.
pub fn effective(file: Option<&Path>, listen: Option<SocketAddr>) -> Result<Vec<Setting>, String> {
    let layers = Layers::read(file, &environment_variables(), false)?;
    let builder = builder_of(&layers, None, file)?;
    // Refused is what `serve` would refuse.
    let config = Config::built(builder.clone())?;
    let values: Value =
        builder.build().and_then(config::Config::try_deserialize).map_err(|error| format!("configuration: {error}"))?;
    let of = |key: &str| values.pointer(&format!("/{}", key.replace('.', "/"))).cloned().unwrap_or_default();
    let mut settings = Vec::new();
    for key in &layers.known {
        let mut setting = Setting { key: key.clone(), value: masked(of(key)), source: layers.source(key) };
        if key == "http.listen" {
            setting.value = json!(config.http.listen);
            if let Some(listen) = listen {
                (setting.value, setting.source) = (json!(listen), SettingSource::Option("--listen"));
            }
        }
        if SECRETS.contains(&key.as_str()) {
            let named_by = format!("{key}_file");
            let named = of(&named_by).as_str().map(PathBuf::from).filter(|it| !it.as_os_str().is_empty());
            if let Some(path) = named {
                let text = std::fs::read_to_string(&path);
                let text = text.map_err(|error| format!("{named_by} {}: {error}", path.display()))?;
                setting.value = masked(json!(text.trim()));
                setting.source = SettingSource::SecretFile(path, Box::new(layers.source(&named_by)));
            }
        }
        settings.push(setting);
    }
    Ok(settings)
}

/// A value with `***` for passwords in addresses.
fn masked(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_password(&text)),
        Value::Array(list) => list.into_iter().map(masked).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, masked(value))).collect(),
        other => other,
    }
}

/// An address with `***` for its password, also where that is a parameter; another text as it is.
pub(super) fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (place, parameters) =
        rest.split_once('?').map_or((rest, None), |(place, parameters)| (place, Some(parameters)));
    if !place.contains('@') && parameters.is_some_and(|it| it.contains('@')) {
        // A question mark in the password: where it ends is not certain.
        return format!("{scheme}://***");
    }
    // A password may have slashes of its own; the host has no @.
    let place = match place.rsplit_once('@') {
        Some((account, host)) => match account.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => place.to_owned(),
        },
        None => place.to_owned(),
    };
    let hide = |it: &str| match it.split_once('=') {
        Some((name, _)) if name.to_lowercase().contains("password") => format!("{name}=***"),
        _ => it.to_owned(),
    };
    match parameters {
        Some(parameters) => {
            let shown: Vec<_> = parameters.split('&').map(hide).collect();
            format!("{scheme}://{place}?{}", shown.join("&"))
        }
        None => format!("{scheme}://{place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for (address, shown) in [
            ("postgres://verbund_app:geheim@db.example/verbund", "postgres://verbund_app:***@db.example/verbund"),
            ("postgres://a:p/@:q@db:5432/v?sslmode=require", "postgres://a:***@db:5432/v?sslmode=require"),
            ("postgres://a@db/v?password=geheim&host=/run", "postgres://a@db/v?password=***&host=/run"),
            ("postgres://a:b?c@db/v", "postgres://***"),
            ("sqlite:///var/lib/verbund.db?mode=rwc", "sqlite:///var/lib/verbund.db?mode=rwc"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("", ""),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
