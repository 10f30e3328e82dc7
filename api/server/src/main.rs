//! The `verbund` binary: reads the command line, nothing else.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    verbund_server::cli::run()
}
