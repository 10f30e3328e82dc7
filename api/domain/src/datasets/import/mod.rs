//! Imports of files into dataset versions: upload tickets, the import and its progress, and the job.
//!
//! ticket → `PUT /uploads/<ticket>` → `datasetImport` → check (reads the whole file, writes nothing) → load (one
//! transaction: table, rows, version, change list) → draft. A dry run does the same and is rolled back.
//!
//! The ticket (`datasetUploadTicket`, `vbu_…`, stored as SHA-256) is valid for minutes and until a file was accepted;
//! rights are checked again at its use. The upload is streamed to the folder of files, outside the limits of `/graphql`;
//! unknown and expired tickets get the same 404, used ones say so. `datasetImport` queues the job. A profile (TOML or typed input, version 1)
//! states everything about how the file is read; the import guesses nothing. `datasetImportPreview` and `--propose`
//! guess, for review by people.
//!
//! A replica takes a due import with a lease and renews it twice a second. When renewal stops, any replica starts the
//! import anew; after three attempts it fails. The check counts every problem and keeps the first 1,000 with row,
//! column, code and value; warnings (totals that do not add up, formulas, a missing footer) do not stop the import.
//! The load runs in the name of the person who asked, in one transaction: table, rows (COPY on PostgreSQL), duplicate
//! keys, version number (removed or retyped columns raise the major part), change list, original file, audit row. A
//! killed or stopped import leaves nothing. On SQLite the load occupies the only writer.

pub mod changes;
pub mod columns;
pub mod job;
pub mod load;
pub mod note_text;
pub mod operator;
pub mod problem_text;
pub mod reading;
pub mod service;
pub mod uploads;
