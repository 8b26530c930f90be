// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/data_source.h"

#include "core/data/csv.h"
#include "core/drift/drift.h"

namespace pilothouse {

/// `pilot profile … --out`: what of rows adds up with others (core/drift/profile_stream.h), as a small file.
struct SketchOptions {
    QStringList files;  ///< data files; to be merged: files of --out
    QString out, bins;  ///< bins: a reference's profile.json (a path or an address), or a package that has one
    QString shard;      ///< "3/8": of the files those at 3, 11, 19 … counted from 0, as an indexed Job numbers its pods; empty: all
    QString left;       ///< "3,5": of the shards only these, and the index of `shard` is a place among them (what is left of a Job)
    QString run;        ///< of a pipeline: the profiles that its stages handed back are added up (profile_of_run.h)
    bool merge = false, force = false;
    bool handBack = false; ///< the answer has the profile itself: packProfile(), for who cannot see the file
    data::CsvOptions csv;
    DataVersion version;
};

/// A profile as one line of text: compressed, base64. And back; Invalid if it is none.
QString packProfile(const drift::Profile &profile);
Result<drift::Profile> unpackProfile(const QString &text, const QString &where);
/// A profile's file.
Result<drift::Profile> readProfileFile(const QString &path);

/// Reads in blocks: memory does not grow with the files. Answers with {"out","files":[…],"rows","columns","bytes","shard"|null}, of a run with "run" and "shards" (how many), handed back with "index"|null (that of `shard`) and "profile" too.
Result<void> writeSketch(Context &context, const SketchOptions &options);

} // namespace pilothouse
