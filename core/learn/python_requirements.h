// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>
#include <QMap>
#include <QStringList>

#include <vector>

namespace pilothouse::learn {

/// One package in one version, as whoever made a model asks for it.
struct Requirement {
    QString package; ///< packageName(); "python" for the interpreter itself
    QString wanted;  ///< specifiers, as versionFits() reads them
    QString source;  ///< "requirements.txt:3", "conda.yaml", "model.pkl"
};

struct Requirements {
    std::vector<Requirement> list;
    QStringList notes; ///< lines that are not judged, a sentence each
};

/// A requirements.txt, a conda.yaml or a python_env.yaml (by its ending .yaml or .yml). A line without a version asks for nothing; one with a
/// marker, an address, another file or what is no version of PEP 440 is told and not judged. Of Python itself the first two numbers count.
/// NotFound; Invalid: no YAML, or no list of dependencies in it.
Result<Requirements> readRequirements(const QString &file);

/// The file beside a pickle that says what it needs, as MLflow writes it: requirements.txt, else conda.yaml; empty: neither.
QString requirementsBeside(const QString &pickle);

/// The packages that the modules named in a pickle come from, and those that always come along: "sklearn" → scikit-learn, numpy, scipy, joblib.
QStringList packagesOf(const QStringList &modules);

/// What was asked for and what is there.
struct VersionCheck {
    Requirement requirement;
    QString found; ///< empty: not installed
    bool fits = false;
    /// {"package","wanted","source","found"|null,"fits"}
    QJsonObject toJson() const;
};

/// Those of the requirements that concern the `packages`, and Python itself. @param installed  version by package
std::vector<VersionCheck> checkVersions(const std::vector<Requirement> &requirements, const QStringList &packages, const QMap<QString, QString> &installed);

} // namespace pilothouse::learn
