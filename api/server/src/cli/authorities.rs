//! Commands about authorities and their members.

use domain::context::op::Op;
use domain::members::service::RoleHolder;
use domain::operator::members::{ListedMember, grant_role, list_members, revoke_role};
use domain::operator::tenants::{NewTenant, create_tenant, list_tenants, set_second_admin, update_tenant};
use domain::tenants::profile::TenantPatch;
use entities::{role_grant, tenant};
use kernel::global_id::NodeType;
use serde_json::{Value, json};

use crate::cli::arguments::{
    MemberCommand, MemberGrantArgs, MemberRevokeArgs, SecondAdminArgs, TenantCommand, TenantCreateArgs,
    TenantUpdateArgs,
};
use crate::cli::failure::{Failure, OptionOf};
use crate::cli::operator::as_operator;
use crate::config::Config;

/// What a command about authorities prints.
pub(super) async fn tenant(config: &Config, command: TenantCommand) -> Result<String, Failure> {
    match command {
        TenantCommand::Create(args) => create(config, args).await,
        TenantCommand::Update(args) => update(config, args).await,
        TenantCommand::SecondAdmin(args) => second_admin(config, args).await,
        TenantCommand::List { json } => {
            let rows = as_operator(config, &[], async |op| list_tenants(op).await).await?;
            if json {
                return printed(json!({ "tenants": rows.iter().map(tenant_json).collect::<Vec<_>>() }));
            }
            Ok(rows.iter().map(tenant_line).collect::<Vec<_>>().join("\n"))
        }
    }
}

async fn create(config: &Config, args: TenantCreateArgs) -> Result<String, Failure> {
    let options: [OptionOf; 5] = [
        ("slug", "--slug", Some(&args.slug)),
        ("legalName", "--name", Some(&args.name)),
        ("ags", "--ags", args.ags.as_deref()),
        ("timeZone", "--time-zone", Some(&args.time_zone)),
        ("website", "--website", args.website.as_deref()),
    ];
    let wish = NewTenant {
        slug: args.slug.clone(),
        legal_name: args.name.clone(),
        kind: args.kind,
        ags: args.ags.clone(),
        time_zone: args.time_zone.clone(),
        assumption_day: args.assumption_day,
        website: args.website.clone(),
    };
    as_operator(config, &options, async |op| create_tenant(op, wish).await).await?;
    Ok(format!("added {}", args.slug))
}

async fn update(config: &Config, args: TenantUpdateArgs) -> Result<String, Failure> {
    let options: [OptionOf; 5] = [
        ("tenant", "--tenant", Some(&args.tenant)),
        ("legalName", "--name", args.name.as_deref()),
        ("ags", "--ags", args.ags.as_deref()),
        ("timeZone", "--time-zone", args.time_zone.as_deref()),
        ("website", "--website", args.website.as_deref()),
    ];
    let patch = TenantPatch {
        legal_name: args.name.clone().into(),
        kind: args.kind.into(),
        ags: args.ags.clone().map(Some).into(),
        time_zone: args.time_zone.clone().into(),
        assumption_day: args.assumption_day.into(),
        website: args.website.clone().map(Some).into(),
    };
    as_operator(config, &options, async |op| update_tenant(op, &args.tenant, patch).await).await?;
    Ok(format!("changed {}", args.tenant))
}

async fn second_admin(config: &Config, args: SecondAdminArgs) -> Result<String, Failure> {
    let options: [OptionOf; 1] = [("tenant", "--tenant", Some(&args.tenant))];
    as_operator(config, &options, async |op| set_second_admin(op, &args.tenant, args.required).await).await?;
    let does = if args.required { "waits for a second admin, as soon as there is one" } else { "has effect at once" };
    Ok(format!("a grant of TENANT_ADMIN in {} {does}", args.tenant))
}

/// What a command about members prints.
pub(super) async fn member(config: &Config, command: MemberCommand) -> Result<String, Failure> {
    match command {
        MemberCommand::Grant(args) => grant(config, args).await,
        MemberCommand::List { tenant, json } => {
            let options: [OptionOf; 1] = [("tenant", "--tenant", Some(&tenant))];
            let members = as_operator(config, &options, async |op| list_members(op, &tenant).await).await?;
            if json {
                return printed(json!({ "members": members.iter().map(member_json).collect::<Vec<_>>() }));
            }
            Ok(members.iter().flat_map(member_lines).collect::<Vec<_>>().join("\n"))
        }
        MemberCommand::Revoke(args) => revoke(config, args).await,
    }
}

async fn grant(config: &Config, args: MemberGrantArgs) -> Result<String, Failure> {
    let options: [OptionOf; 5] = [
        ("tenant", "--tenant", Some(&args.tenant)),
        ("to.account.issuer", "--issuer", Some(&args.issuer)),
        ("to.account.subject", "--subject", Some(&args.subject)),
        ("to.account.name", "--name", Some(&args.name)),
        ("to.account.email", "--email", args.email.as_deref()),
    ];
    let account = RoleHolder::Account {
        issuer: args.issuer.clone(),
        subject: args.subject.clone(),
        name: args.name.clone(),
        email: args.email.clone(),
    };
    as_operator(config, &options, async |op| grant_role(op, &args.tenant, args.role, account).await).await?;
    Ok(format!("{} is {} in {}", args.name, args.role.as_str(), args.tenant))
}

async fn revoke(config: &Config, args: MemberRevokeArgs) -> Result<String, Failure> {
    let options: [OptionOf; 3] = [
        ("id", "ROLE", Some(&args.role)),
        ("tenant", "--tenant", Some(&args.tenant)),
        ("reason", "--reason", args.reason.as_deref()),
    ];
    let reason = args.reason.clone();
    let work = async |op: &Op| {
        let id = NodeType::RoleGrant.parse(&args.role, "id")?;
        revoke_role(op, &args.tenant, id, reason).await
    };
    let (role, name) = as_operator(config, &options, work).await?;
    Ok(format!("{name} is no longer {} in {} by {}", role.as_str(), args.tenant, args.role))
}

fn printed(value: Value) -> Result<String, Failure> {
    serde_json::to_string_pretty(&value).map_err(|error| error.to_string().into())
}

fn tenant_line(row: &tenant::Model) -> String {
    let ags = row.ags.as_deref().unwrap_or("-");
    format!("{}  {}  {ags}  {}  {}", row.slug, row.kind.as_str(), row.status.as_str(), row.legal_name)
}

fn tenant_json(row: &tenant::Model) -> Value {
    json!({
        "id": NodeType::Tenant.id(row.id).to_string(), "slug": row.slug, "legalName": row.legal_name, "kind": row.kind,
        "ags": row.ags, "timeZone": row.time_zone, "assumptionDay": row.assumption_day, "website": row.website,
        "secondAdmin": row.second_admin, "status": row.status, "version": row.version,
    })
}

/// A line for the member, and one for each of its roles.
fn member_lines(listed: &ListedMember) -> Vec<String> {
    let email = listed.member.email.as_deref().map(|it| format!(" <{it}>")).unwrap_or_default();
    let account = listed.account.as_ref().map(|it| format!("  {} at {}", it.subject, it.issuer)).unwrap_or_default();
    let mut lines = vec![format!("{}{email}{account}", listed.member.name)];
    lines.extend(listed.roles.iter().map(|(role, fields)| role_line(role, fields)));
    lines
}

fn role_line(role: &role_grant::Model, fields: &[String]) -> String {
    let mut line = format!("  {}  {}", NodeType::RoleGrant.id(role.id), role.role.as_str());
    if !role.all_fields {
        line.push_str(&format!(" for {}", fields.join(", ")));
    }
    if let Some(from) = role.valid_from {
        line.push_str(&format!(" from {from}"));
    }
    if let Some(until) = role.valid_until {
        line.push_str(&format!(" until {until}"));
    }
    if role.by_claim {
        line.push_str(" by a rule for claims");
    }
    if let Some(until) = role.confirm_until {
        line.push_str(&format!(" without effect: waits for a second admin until {}", until.to_rfc3339()));
    }
    line
}

fn member_json(listed: &ListedMember) -> Value {
    let roles = listed.roles.iter().map(|(role, fields)| {
        json!({
            "id": NodeType::RoleGrant.id(role.id).to_string(), "role": role.role, "allFields": role.all_fields,
            "fieldsOfWork": fields, "validFrom": role.valid_from, "validUntil": role.valid_until,
            "byClaim": role.by_claim, "confirmUntil": role.confirm_until, "reason": role.reason, "version": role.version,
        })
    });
    json!({
        "id": NodeType::Member.id(listed.member.id).to_string(), "name": listed.member.name, "email": listed.member.email,
        "issuer": listed.account.as_ref().map(|it| &it.issuer),
        "subject": listed.account.as_ref().map(|it| &it.subject), "roles": roles.collect::<Vec<_>>(),
    })
}
