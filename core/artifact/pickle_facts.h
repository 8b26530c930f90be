// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace pilothouse::artifact {

/// What a pickled model (.pkl, .joblib) says of itself. To load a pickle is to run what it says, so it is never unpickled here: its
/// opcodes are walked, which tells the names it would call without calling one.
struct PickleFacts {
    QString file, sha256;
    qint64 bytes = 0;
    QString compression;      ///< "zlib", "gzip", "bz2", "xz", "lzma", "lz4"; empty: none
    int protocol = -1;        ///< −1: not said (protocols 0 and 1 do not), or not walked
    qint64 opcodes = 0;       ///< walked
    qint64 arrays = 0;        ///< joblib's raw arrays, skipped
    QString stopped;          ///< why the walk ended before the end; empty: all was walked
    QStringList names;        ///< "module.name" that it would import, sorted
    QStringList packages;     ///< first parts of the modules, sorted
    QStringList dangerous;    ///< names that a model has no use for: they run commands or code
    QString sklearnVersion;   ///< that made it; empty: not said
    /// {"file","sha256","bytes","compression"|null,"protocol"|null,"opcodes","arrays","stopped"|null,"names":[…],"packages":[…],"dangerous":[…],
    /// "scikit_learn"|null,"loaded":false,"why","ways":[…]}
    QJsonObject toJson() const;
    static Result<PickleFacts> fromJson(const QJsonObject &object, const QString &where); ///< what toJson() gave
    QString text() const; ///< for people
};

/// Reads at most 64 MiB of opcodes (after decompression) and 2 million of them; digest and size are the whole file's. An altered or cut
/// pickle is no error: the facts say where the walk ended. NotFound, and Invalid for what is no pickle at all.
Result<PickleFacts> pickleFacts(const QString &file);

/// true by the first bytes, or by the ending .pkl, .pickle, .joblib, .sav. NotFound if there is no such file.
Result<bool> looksLikePickle(const QString &file);

/// The sentence why, and the three ways to use such a model.
QString whyNotUnpickled();
QStringList waysToUsePickle();
/// For whoever was asked to load one: Refused, with both.
Error pickleRefusal(const QString &file);

} // namespace pilothouse::artifact
