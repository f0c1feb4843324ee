//! The operations of `lookup-tables`.
//!
//! Made from the rows in proto/catalog/src/ops by proto/catalog/tests/clients; do not edit.

use mp_proto::failure::Failure;

use crate::sdk::{ByteStream, Workspace};
use crate::typed::call::{Answered, Call, calls, list, sent, taken};
use crate::typed::generated::models::{DownloadUrl, LookupTable, LookupTableUploadStatus, LookupTableUploadUrl};

calls! {
    /// Delete lookup tables. It destroys.
    ///
    /// * `data_group_ids`: Ids of their data groups, separated by commas.
    delete_lookup_tables DeleteLookupTablesCall = "lookup-tables.delete" -> (), nothing {
        first data_group_ids: ints = "data_group_ids";
    }

    /// Download a lookup table as CSV.
    ///
    /// * `data_group_id`: Id of the lookup table's data group.
    download_lookup_table DownloadLookupTableCall = "lookup-tables.download" -> ByteStream, bytes {
        first data_group_id: int = "data_group_id";
        /// Name of the file.
        option file_name: text = "file_name";
        /// At most so many.
        option limit: int = "limit";
    }

    /// Get a signed download URL.
    ///
    /// * `data_group_id`: Id of the lookup table's data group.
    get_lookup_download_url GetLookupDownloadUrlCall = "lookup-tables.download-url" -> DownloadUrl, answer {
        first data_group_id: int = "data_group_id";
    }

    /// List lookup tables.
    list_lookup_tables ListLookupTablesCall = "lookup-tables.list" -> Vec<LookupTable>, answer {
        /// Id of the lookup table's data group.
        option data_group_id: int = "data_group_id";
    }

    /// Register a file that was uploaded by a signed URL as a lookup table. It may destroy: with a data group, the rows of its table are
    /// replaced.
    ///
    /// * `name`: Its name.
    /// * `key`: Key that came with the URL of the upload.
    mark_lookup_table_ready MarkLookupTableReadyCall = "lookup-tables.mark-ready" -> LookupTable, answer {
        first name: text = "name";
        first key: text = "key";
        /// Id of the lookup table's data group.
        option data_group_id: int = "data_group_id";
    }

    /// Rename a lookup table.
    ///
    /// * `data_group_id`: Id of the lookup table's data group.
    /// * `name`: Its name.
    update_lookup_table UpdateLookupTableCall = "lookup-tables.update" -> LookupTable, answer {
        first data_group_id: int = "data_group_id";
        first name: text = "name";
    }

    /// Upload a CSV file as a lookup table. It may destroy: with a data group, the rows of its table are replaced.
    ///
    /// * `name`: Its name.
    upload_lookup_table UploadLookupTableCall = "lookup-tables.upload" -> LookupTable, upload {
        first name: text = "name";
        /// Id of the lookup table's data group.
        option data_group_id: int = "data_group_id";
        upload file;
    }

    /// Show how far a file is taken in as a lookup table.
    ///
    /// * `upload_id`: Id that registering the file returned.
    get_lookup_upload_status GetLookupUploadStatusCall = "lookup-tables.upload-status" -> LookupTableUploadStatus, answer {
        first upload_id: text = "upload_id";
    }

    /// Get a signed upload URL.
    ///
    /// * `content_type`: Type of what will be uploaded; else text/csv.
    get_lookup_upload_url GetLookupUploadUrlCall = "lookup-tables.upload-url" -> LookupTableUploadUrl, answer {
        /// Type of what will be uploaded; else text/csv.
        option content_type: text = "content_type";
    }
}
