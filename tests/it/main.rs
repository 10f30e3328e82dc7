//! One binary, real HTTP, every case on SQLite and PostgreSQL.

mod access;
mod agreements;
mod calend.rs;
mod holidays;
mod limits;
mod memb.rs;
mod migrations;
mod mutations;
mod nodes;
mod operations;
mod places;
mod schema;
mod shared_calend.rs;
mod shares;
mod statements;
mod tokens;
mod trail;
mod walls;

fn main() -> std::process::ExitCode {
    let cases = [
        access::cases(),
        agreements::cases(),
        calend.rs::cases(),
        holidays::cases(),
        limits::cases(),
        memb.rs::cases(),
        migrations::cases(),
        mutations::cases(),
        nodes::cases(),
        operations::cases(),
        places::cases(),
        schema::cases(),
        shared_calend.rs::cases(),
        shares::cases(),
        statements::cases(),
        tokens::cases(),
        trail::cases(),
        walls::cases(),
    ];
    verbund_tests::harness::run(cases.concat())
}
