//! Writing a table in every format.

use crate::Folder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use npyz::npz::file_name_from_array_name;
use npyz::{AutoSerialize, DType, Order, WriterBuilder};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::io::BufWriter;
use zip::write::FileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Columns of numbers by name.
pub type Table<'a> = [(&'a str, &'a [f64])];

/// How the data of an Arrow IPC file is compressed.
pub type Codec = Option<CompressionType>;

fn options(codec: Codec) -> IpcWriteOptions {
    IpcWriteOptions::default().try_with_compression(codec).expect("a codec")
}

pub fn csv(table: &Table<'_>) -> String {
    let names: Vec<_> = table.iter().map(|(name, _)| *name).collect();
    let mut text = names.join(",") + "\n";
    for row in 0..table[0].1.len() {
        let cells: Vec<_> = table.iter().map(|(_, column)| column[row].to_string()).collect();
        text += &(cells.join(",") + "\n");
    }
    text
}

pub fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true)))
        .expect("columns of one length")
}

impl Folder {
    fn create(&self, file: &str) -> BufWriter<File> {
        BufWriter::new(File::create(self.path(file)).expect("a file for the test"))
    }

    pub fn write_parquet(&self, file: &str, batch: &RecordBatch) {
        // Several row groups, so that batches end inside them and at their ends.
        let rows = batch.num_rows() / 5 + 1;
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows));
        let file = self.create(file);
        let mut writer =
            ArrowWriter::try_new(file, batch.schema(), Some(properties.build())).expect("Parquet");
        writer.write(batch).expect("rows");
        writer.close().expect("footer");
    }

    pub fn write_ipc_file(&self, file: &str, batch: &RecordBatch) {
        self.write_compressed_ipc_file(file, batch, None);
    }

    pub fn write_ipc_stream(&self, file: &str, batch: &RecordBatch) {
        self.write_compressed_ipc_stream(file, batch, None);
    }

    pub fn write_compressed_ipc_file(&self, file: &str, batch: &RecordBatch, codec: Codec) {
        let (file, schema) = (self.create(file), batch.schema());
        let writer = FileWriter::try_new_with_options(file, &schema, options(codec));
        let mut writer = writer.expect("IPC");
        writer.write(batch).expect("rows");
        writer.finish().expect("footer");
    }

    pub fn write_compressed_ipc_stream(&self, file: &str, batch: &RecordBatch, codec: Codec) {
        let (file, schema) = (self.create(file), batch.schema());
        let writer = StreamWriter::try_new_with_options(file, &schema, options(codec));
        let mut writer = writer.expect("IPC");
        writer.write(batch).expect("rows");
        writer.finish().expect("end");
    }

    pub fn write_npy<T: AutoSerialize>(
        &self,
        file: &str,
        shape: &[u64],
        order: Order,
        elements: &[T],
    ) {
        let options = npyz::WriteOptions::new().default_dtype().shape(shape);
        let writer = options.order(order).writer(self.create(file)).begin_nd();
        let mut writer = writer.expect("NPY");
        elements.iter().try_for_each(|element| writer.push(element)).expect("elements");
        writer.finish().expect("end");
    }

    pub fn npz(&self, file: &str) -> Npz {
        Npz(ZipWriter::new(self.create(file)))
    }
}

/// An NPZ file that is being written.
pub struct Npz(ZipWriter<BufWriter<File>>);

impl Npz {
    pub fn array<T: AutoSerialize>(self, name: &str, shape: &[u64], elements: &[T]) -> Self {
        self.ordered(name, shape, (Order::C, CompressionMethod::Deflated), elements)
    }

    /// An array in an order, with a compression method.
    pub fn ordered<T: AutoSerialize>(
        mut self,
        name: &str,
        shape: &[u64],
        (order, method): (Order, CompressionMethod),
        elements: &[T],
    ) -> Self {
        let options = FileOptions::default().compression_method(method);
        self.0.start_file(file_name_from_array_name(name), options).expect("a member");
        let options = npyz::WriteOptions::<T>::new().writer(&mut self.0);
        let writer = options.default_dtype().shape(shape).order(order).begin_nd();
        let mut writer = writer.expect("NPY");
        elements.iter().try_for_each(|element| writer.push(element)).expect("elements");
        writer.finish().expect("end");
        self
    }

    /// An array of text, of a NumPy element type.
    pub fn text(mut self, name: &str, descr: &str, elements: &[&str]) -> Self {
        let options = FileOptions::default();
        self.0.start_file(file_name_from_array_name(name), options).expect("a member");
        let options = npyz::WriteOptions::<str>::new().writer(&mut self.0);
        let options = options.dtype(DType::Plain(descr.parse().expect("a type")));
        let mut writer = options.shape(&[elements.len() as u64]).begin_nd().expect("NPY");
        elements.iter().try_for_each(|element| writer.push(*element)).expect("elements");
        writer.finish().expect("end");
        self
    }
}
