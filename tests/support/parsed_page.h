// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <QXmlStreamReader>

namespace pilothouse::testing {

/// A report's page as an XML parser reads it: headings, all text, names of elements. Not whole: it is no XML.
struct Parsed {
    QStringList headings, elements;
    QString text;
    int rows = 0;
    bool whole = false;
    QString problem;
};
inline Parsed parsed(const QByteArray &html) {
    Parsed out;
    QXmlStreamReader xml(html);
    QString heading;
    bool inHeading = false;
    while (!xml.atEnd()) {
        const auto token = xml.readNext();
        const QString name = xml.name().toString();
        const bool h = name == QStringLiteral("h1") || name == QStringLiteral("h2");
        if (token == QXmlStreamReader::StartElement) {
            out.elements << name;
            out.rows += name == QStringLiteral("tr");
            inHeading = inHeading || h;
        } else if (token == QXmlStreamReader::EndElement && h) {
            out.headings << heading;
            heading.clear();
            inHeading = false;
        } else if (token == QXmlStreamReader::Characters) {
            out.text += xml.text().toString() + QLatin1Char(' ');
            if (inHeading)
                heading += xml.text();
        }
    }
    out.whole = !xml.hasError();
    out.problem = xml.errorString();
    out.elements.removeDuplicates();
    return out;
}

} // namespace pilothouse::testing
