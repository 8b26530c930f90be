// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"

#include <QByteArray>
#include <QJsonObject>

#include <vector>

namespace pilothouse::serving {

struct ApiRoute {
    const char *method, *path; ///< `{}`: one path segment
    const char *summary;
    bool key = true;
    const char *same = nullptr; ///< the route for which `path` is another name
};

/// OpenAPI 3.0 of this server; the request body of /predict follows the signature, with an example row.
QJsonObject openApiDocument(const QString &model, const QString &version, const std::vector<ApiRoute> &routes, const artifact::Signature *signature);
/// The same for people: one HTML page that loads nothing from anywhere.
QByteArray docsPage(const QString &model, const std::vector<ApiRoute> &routes, const artifact::Signature *signature);
/// KServe V2 model metadata.
QJsonObject v2Metadata(const QString &model, const QString &version, const artifact::Signature &signature);
/// One row by names: 0 for a number, the first category for a category. For forms and examples.
QJsonObject exampleRow(const artifact::Signature &signature);

} // namespace pilothouse::serving
