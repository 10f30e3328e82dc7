//! One binary, real HTTP, every case on SQLite and PostgreSQL.

mod abuse;
mod access;
mod agreements;
mod archive;
mod authorities;
mod busy;
mod caldav;
mod calendars;
mod changes;
mod clients;
mod contacts;
mod corpus;
mod dataset_files;
mod dataset_imports;
mod datasets;
mod demo;
mod directory;
mod disclosure;
mod doctor;
mod documents;
mod endings;
mod examples;
mod external;
mod feeds;
mod front_door;
mod growth;
mod holidays;
mod ics;
mod imports;
mod issuers;
mod limits;
mod live;
mod members;
mod merges;
mod migrations;
mod mutations;
mod nodes;
mod offers;
mod open_data;
mod operations;
mod operator;
mod places;
mod planning;
mod preview;
mod projects;
mod receipts;
mod row_level_security;
mod schema;
mod shared_calendars;
mod shares;
mod sharing;
mod sign_in;
mod sockets;
mod statements;
mod states;
mod subscriptions;
mod tables;
mod telemetry;
mod tokens;
mod trail;
mod unique_names;
mod views;
mod walk;
mod worlds;

fn main() -> std::process::ExitCode {
    let cases = [
        abuse::cases(),
        access::cases(),
        agreements::cases(),
        archive::cases(),
        authorities::cases(),
        busy::cases(),
        caldav::cases(),
        calendars::cases(),
        changes::cases(),
        clients::cases(),
        contacts::cases(),
        corpus::cases(),
        dataset_files::cases(),
        datasets::cases(),
        dataset_imports::cases(),
        demo::cases(),
        disclosure::cases(),
        documents::cases(),
        doctor::cases(),
        endings::cases(),
        examples::cases(),
        external::cases(),
        feeds::cases(),
        front_door::cases(),
        growth::cases(),
        holidays::cases(),
        ics::cases(),
        imports::cases(),
        issuers::cases(),
        limits::cases(),
        live::cases(),
        members::cases(),
        migrations::cases(),
        mutations::cases(),
        nodes::cases(),
        open_data::cases(),
        operations::cases(),
        operator::cases(),
        places::cases(),
        directory::cases(),
        merges::cases(),
        offers::cases(),
        planning::cases(),
        projects::cases(),
        preview::cases(),
        receipts::cases(),
        schema::cases(),
        shared_calendars::cases(),
        shares::cases(),
        sharing::cases(),
        sign_in::cases(),
        sockets::cases(),
        states::cases(),
        statements::cases(),
        subscriptions::cases(),
        tables::cases(),
        telemetry::cases(),
        tokens::cases(),
        trail::cases(),
        unique_names::cases(),
        views::cases(),
        row_level_security::cases(),
        worlds::cases(),
    ];
    verbund_tests::harness::run(cases.concat())
}
