// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/data_source.h"

#include "core/data/csv.h"

namespace pilothouse {

/// `pilot profile … --out`: what of rows adds up with others (core/drift/profile_stream.h), as a small file.
struct SketchOptions {
    QStringList files;  ///< data files; to be merged: files of --out
    QString out, bins;  ///< bins: data of a reference's profile.json, or a package that has one
    QString shard;      ///< "3/8": of the files those at 3, 11, 19 … counted from 0, as an indexed Job numbers its pods; empty: all
    bool merge = false, force = false;
    data::CsvOptions csv;
    DataVersion version;
};

/// Reads in blocks: memory does not grow with the files. Answers with {"out","files":[…],"rows","columns","bytes","shard"|null}.
Result<void> writeSketch(Context &context, const SketchOptions &options);

} // namespace pilothouse
