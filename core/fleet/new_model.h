// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/fleet/quality_report.h"
#include "core/fleet/services.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <memory>
#include <stop_token>
#include <vector>

namespace pilothouse::fleet {

/// A recipe on its way to a training: proposed from a data file, or that of a model of the workspace.
struct RecipeDraft {
    QString model;       ///< name in the workspace and the registry
    QString recipeFile;  ///< absolute; may not exist yet
    QByteArray yaml;     ///< the recipe's text; edited by the person
    QStringList reasons; ///< why it was proposed so; empty for an existing recipe
    QStringList columns; ///< of the data, for the choice of a target; empty for an existing recipe
    QString target;      ///< of a forecast of several: a list with commas
    qint64 rows = 0;
    QStringList problems; ///< what reading found: "line 12: …"
    std::vector<data::QualityFinding> findings; ///< of the data's quality report; empty for an existing recipe
    bool isNew = false;   ///< the model is not in the workspace yet
    std::shared_ptr<const MeasuredData> measured; ///< the data, for a report; none for an existing recipe
};

/// Reads and profiles the file and proposes a recipe. Blocking (pool thread). `target` empty: found out.
Result<RecipeDraft> draftFromData(const Services &services, const QString &dataFile, const QString &target, std::stop_token stop);
/// The recipe of a model as it stands.
Result<RecipeDraft> draftOfModel(const Services &services, const QString &model);
/// What is wrong with the text, with line and column; no I/O.
Result<void> checkDraft(const RecipeDraft &draft);
/// Writes the recipe, and for a new model its entry in the workspace file, as one journalled operation. Nothing is written if
/// the text does not parse. Same text as on disk: nothing to do.
Result<void> saveDraft(const Services &services, const RecipeDraft &draft);

} // namespace pilothouse::fleet
