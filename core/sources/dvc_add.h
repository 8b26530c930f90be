// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/dvc_write.h"
#include "core/sources/s3.h"

#include <QJsonObject>

namespace pilothouse::sources {

/// Taking a file or folder into a DVC repository as `dvc add` does it, in the steps of an operation: its bytes into DVC's cache of the
/// repository, its .dvc file, its line of .gitignore. What is tracked already is updated; an output of a stage as `dvc commit` does it, in its
/// entry of dvc.lock. The file itself stays as it is.
struct DvcAddition {
    QString root;    ///< of the repository
    QString path;    ///< relative to the root
    QString dvcFile; ///< relative to the root: PATH.dvc, or the dvc.lock that lists it
    std::optional<DvcOutput> old; ///< as it is tracked now
    DvcRecord record;
    std::vector<DvcFile> files;      ///< of a folder
    std::optional<QByteArray> before; ///< the .dvc file or dvc.lock as it is; none: there is none
    QByteArray after;                ///< the same as it will be
    bool cached = true;              ///< false: dvc.yaml has `cache: false` for it, so its bytes stay out of DVC's cache, and in Git if they are there
    QString ignoreFile;              ///< the .gitignore to be written, relative; empty: none
    QByteArray ignoreLine;
    QString cache;                   ///< DVC's cache folder
    bool stored = false;             ///< all objects lie in it already, or none shall
    QString stage() const { return old ? old->stage() : QString(); } ///< whose output it is; empty: none's
    QString place() const { return root + QLatin1Char('/') + path; }
    bool isThere() const { return stored && before == after && ignoreFile.isEmpty(); } ///< nothing is to be done
    QString effect() const; ///< "md5 1234… → 5678…, 12 files"
    /// {"path","file","stage"?,"md5","bytes","files"?}
    QJsonObject state() const;
    /// What undoDvcAdd() needs: of a .dvc file all of it, of a dvc.lock the entry. Empty: it cannot be undone (the .dvc file holds what looks like
    /// a credential, which no journal may keep).
    QJsonObject undoRecord() const;
};

/// Reads the file or folder and what is there. A repository whose tracked outputs are all of DVC 2, and a .dvc file of DVC 2, stay so.
/// NotFound: no such file, no DVC repository. Invalid: a link, a special file, .dvcignore inside; a dvc.lock without its dvc.yaml. Refused: Git
/// tracks it, DVC ignores it, or it overlaps with what else DVC tracks. Conflict: it changed while it was read.
Result<DvcAddition> planDvcAdd(const QString &path, std::stop_token stop = {}, const Progress &progress = {});
/// Conflict if the .dvc file or dvc.lock is no longer as planned.
Result<void> guardDvcAdd(const DvcAddition &plan);
/// Objects first, then .gitignore, then the .dvc file or dvc.lock, under DVC's own lock. Conflict if the bytes are no longer as planned.
Result<void> executeDvcAdd(const DvcAddition &plan, std::stop_token stop = {}, const Progress &progress = {});
/// state() as it is read back: the file that tracks it, and the object that it names.
Result<QJsonObject> readBackDvcAdd(const DvcAddition &plan);

/// Puts the .dvc file, or the entry of dvc.lock, and .gitignore back as they were; objects stay in DVC's cache (`dvc gc` removes them).
/// @param record DvcAddition::undoRecord()   Conflict if the .dvc file, or the entry, is not as the addition wrote it.
Result<void> guardUndoDvcAdd(const QJsonObject &record);
Result<void> undoDvcAdd(const QJsonObject &record);

} // namespace pilothouse::sources
