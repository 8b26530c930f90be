// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace pilothouse::sources {

/// An XML reply as a tree, without namespaces and attributes: S3 uses neither.
struct XmlElement {
    QString name, text;
    std::vector<XmlElement> children;
    QString value(const char *child) const; ///< text of the first child of this name; empty if there is none
};

/// Invalid: not XML, cut, deeper than 16. `where` names the request.
Result<XmlElement> parseXml(const QByteArray &bytes, const QString &where);

} // namespace pilothouse::sources
