// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "widgets/base/panel.h"

#include <QByteArray>
#include <QHash>
#include <QJsonObject>

class QMainWindow;
class QWidget;

namespace pilothouse::console {

/// What the user chose. One JSON file with a version; unknown keys are kept when it is written again.
struct PreferencesFile {
    static QString path(); ///< <config>/pilothouse/preferences.json
    /// Defaults if there is no file; an Error that names the line if it is broken.
    static Result<ui::Preferences> load(const QString &file);
    static Result<void> save(const QString &file, const ui::Preferences &preferences);
};

/// What was open: window, panel, sizes of every named splitter. Another file, thrown away without harm.
struct Session {
    QByteArray geometry;
    QString panel, workspaceFile;
    QHash<QString, QByteArray> splitters; ///< panel/objectName → QSplitter::saveState
    bool welcomed = false; ///< the first-start screen was seen

    static QString path();
    static Session load(const QString &file); ///< broken or missing: a fresh one
    Result<void> save(const QString &file) const;
    /// Every QSplitter with an objectName below `panel`.
    void keepSizes(const QString &panel, const QWidget *root);
    void restoreSizes(const QString &panel, QWidget *root) const;
};

} // namespace pilothouse::console
