//! Parquet: columns with their types, compressed with Snappy.

use std::io;
use std::io::Write;
use std::sync::Arc;

use chrono::NaiveDate;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use crate::export::fields::{Field, FieldValue, fields};
use crate::export::{ExportMetadata, ExportWriter};
use crate::model::{Column, ColumnType, TableRow};

/// Places of a row group: rows are kept in memory until one is written.
const PLACES: usize = 500_000;
/// Rows of a row group at most.
const ROWS: usize = 65_536;
/// Digits of a decimal; what is longer does not fit into eight bytes.
const DIGITS: u32 = 18;

/// A Parquet file that is being written.
pub(super) struct Parquet<W: Write + Send> {
    fields: Vec<Field>,
    kept: Vec<ColumnBuffer>,
    rows: usize,
    max: usize,
    out: SerializedFileWriter<W>,
}

/// Values of a column that wait for their row group. A level is 1 where there is a value.
struct ColumnBuffer {
    levels: Vec<i16>,
    values: Values,
}

enum Values {
    Text(Vec<ByteArray>),
    Numbers(Vec<i64>),
    Booleans(Vec<bool>),
    Days(Vec<i32>),
}

impl<W: Write + Send> Parquet<W> {
    pub fn begin(columns: &[Column], about: &ExportMetadata, out: W) -> io::Result<Self> {
        let fields = fields(columns);
        let max = (PLACES / fields.len().max(1)).clamp(1, ROWS);
        Self::of_max(columns, about, out, max)
    }

    /// With row groups of so many rows.
    pub fn of_max(columns: &[Column], about: &ExportMetadata, out: W, max: usize) -> io::Result<Self> {
        let fields = fields(columns);
        let types = fields.iter().map(|it| column_type(it).map(Arc::new)).collect::<Result<_, _>>().map_err(failed)?;
        let schema = Type::group_type_builder("table").with_fields(types).build().map_err(failed)?;
        let facts = [
            ("id", Some(about.id.clone())),
            ("url", Some(about.url.clone())),
            ("title", Some(about.title.clone())),
            ("version", Some(about.version.clone())),
            ("publisher", Some(about.publisher.clone())),
            ("licence", about.licence.map(|it| it.page().to_owned())),
            ("attribution", about.attribution.clone()),
            ("protection", about.protection.clone()),
        ];
        let facts = facts.into_iter().filter_map(|(key, value)| Some(KeyValue::new(key.to_owned(), value?))).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("Verbund".to_owned())
            .set_key_value_metadata(Some(facts))
            .build();
        let out = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)).map_err(failed)?;
        let kept = fields.iter().map(ColumnBuffer::of).collect();
        Ok(Self { fields, kept, rows: 0, max, out })
    }

    /// Writes what is kept as one row group.
    fn flush(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let mut group = self.out.next_row_group()?;
        for kept in &mut self.kept {
            let Some(mut column) = group.next_column()? else {
                return Err(ParquetError::General("fewer columns than kept".to_owned()));
            };
            kept.write(column.untyped())?;
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}

impl<W: Write + Send> ExportWriter for Parquet<W> {
    fn rows(&mut self, rows: &[TableRow]) -> io::Result<()> {
        for row in rows {
            for (field, kept) in self.fields.iter().zip(&mut self.kept) {
                kept.push(field.of(&row[field.index]), field)?;
            }
            self.rows += 1;
            if self.rows == self.max {
                self.flush().map_err(failed)?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.flush().map_err(failed)?;
        self.out.finish().map_err(failed)?;
        self.out.inner_mut().flush()
    }
}

impl ColumnBuffer {
    fn of(field: &Field) -> Self {
        let values = match physical(field) {
            Physical::INT64 => Values::Numbers(Vec::new()),
            Physical::INT32 => Values::Days(Vec::new()),
            Physical::BOOLEAN => Values::Booleans(Vec::new()),
            _ => Values::Text(Vec::new()),
        };
        Self { levels: Vec::new(), values }
    }

    fn push(&mut self, value: FieldValue<'_>, field: &Field) -> io::Result<()> {
        match (&mut self.values, value) {
            (_, FieldValue::Nothing) => {
                self.levels.push(0);
                return Ok(());
            }
            (Values::Text(values), FieldValue::Text(text)) => values.push(text.into()),
            (Values::Numbers(values), FieldValue::Number(units)) => {
                if field.column.kind == ColumnType::Decimal && units.unsigned_abs() >= 10_u64.pow(DIGITS) {
                    let number = value.text(field.decimals());
                    let problem = format!("{number} in {} has more than {DIGITS} digits", field.name);
                    return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
                }
                values.push(units);
            }
            (Values::Booleans(values), FieldValue::Boolean(yes)) => values.push(yes),
            (Values::Days(values), FieldValue::Date(date)) => values.push(days(date)),
            (_, other) => {
                let problem = format!("{other:?} is no value of {}", field.name);
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            }
        }
        self.levels.push(1);
        Ok(())
    }

    fn write(&mut self, column: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = Some(self.levels.as_slice());
        match (column, &mut self.values) {
            (ColumnWriter::ByteArrayColumnWriter(to), Values::Text(values)) => {
                to.write_batch(values, levels, None)?;
                values.clear();
            }
            (ColumnWriter::Int64ColumnWriter(to), Values::Numbers(values)) => {
                to.write_batch(values, levels, None)?;
                values.clear();
            }
            (ColumnWriter::BoolColumnWriter(to), Values::Booleans(values)) => {
                to.write_batch(values, levels, None)?;
                values.clear();
            }
            (ColumnWriter::Int32ColumnWriter(to), Values::Days(values)) => {
                to.write_batch(values, levels, None)?;
                values.clear();
            }
            _ => return Err(ParquetError::General("values of another type than their column".to_owned())),
        }
        self.levels.clear();
        Ok(())
    }
}

fn physical(field: &Field) -> Physical {
    match field.column.kind {
        _ if field.symbols => Physical::BYTE_ARRAY,
        ColumnType::Text | ColumnType::Period | ColumnType::Region => Physical::BYTE_ARRAY,
        ColumnType::Integer | ColumnType::Decimal => Physical::INT64,
        ColumnType::Boolean => Physical::BOOLEAN,
        ColumnType::Date => Physical::INT32,
    }
}

fn column_type(field: &Field) -> Result<Type, ParquetError> {
    let physical = physical(field);
    let mut builder = Type::primitive_type_builder(&field.name, physical).with_repetition(Repetition::OPTIONAL);
    builder = match (physical, field.column.kind) {
        (Physical::BYTE_ARRAY, _) => builder.with_logical_type(Some(LogicalType::String)),
        (Physical::INT32, _) => builder.with_logical_type(Some(LogicalType::Date)),
        (Physical::INT64, ColumnType::Decimal) => {
            let (scale, digits) = (i32::from(field.decimals()), DIGITS.cast_signed());
            builder
                .with_logical_type(Some(LogicalType::decimal(scale, digits)))
                .with_precision(digits)
                .with_scale(scale)
        }
        _ => builder,
    };
    builder.build()
}

/// Days since 1970.
fn days(date: NaiveDate) -> i32 {
    i32::try_from((date - NaiveDate::default()).num_days()).unwrap_or(i32::MAX)
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}
