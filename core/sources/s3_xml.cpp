// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/s3_xml.h"

#include "core/base/redact.h"

#include <QXmlStreamReader>

namespace pilothouse::sources {

namespace {

constexpr int deepest = 16;

void readElement(QXmlStreamReader &xml, XmlElement &element, int depth) {
    element.name = xml.name().toString();
    if (depth > deepest) {
        xml.raiseError(QStringLiteral("nested too deeply"));
        return;
    }
    while (!xml.atEnd()) {
        switch (xml.readNext()) {
        case QXmlStreamReader::StartElement:
            element.children.emplace_back();
            readElement(xml, element.children.back(), depth + 1);
            break;
        case QXmlStreamReader::Characters: element.text += xml.text(); break;
        case QXmlStreamReader::EndElement: return;
        default: break;
        }
    }
}

} // namespace

QString XmlElement::value(const char *child) const {
    for (const XmlElement &c : children)
        if (c.name == QLatin1String(child))
            return c.text;
    return {};
}

Result<XmlElement> parseXml(const QByteArray &bytes, const QString &where) {
    QXmlStreamReader xml(bytes);
    XmlElement root;
    if (xml.readNextStartElement())
        readElement(xml, root, 0);
    if (xml.hasError() || root.name.isEmpty())
        return Error{ErrorKind::Invalid, QStringLiteral("The reply is not the XML of an S3 server: %1.").arg(xml.hasError() ? xml.errorString() : QStringLiteral("it is empty")), where,
                     QStringLiteral("Is this the address of an S3 server, without a proxy's login page before it?"), redact(QString::fromUtf8(bytes.left(2048)))};
    return root;
}

} // namespace pilothouse::sources
