// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/import_xgboost.h"
#include "core/learn/ubjson_reader.h"

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace pilothouse::learn {

namespace {

/// Writes what it reads as JSON text.
class Converter {
public:
    explicit Converter(const QByteArray &bytes) : m_in(bytes) {}
    QByteArray convert() {
        value(m_in.take(), 0);
        if (!m_in.atEnd())
            UbjsonReader::fail("bytes follow the model");
        return std::move(m_json);
    }
    qsizetype at() const { return m_in.at(); }

private:
    template<class T>
    void append(T value) {
        char text[32];
        const auto end = std::to_chars(text, text + sizeof text, value).ptr;
        m_json.append(text, end - text);
    }
    template<class T>
    void real(T value) {
        if (!std::isfinite(value))
            UbjsonReader::fail("a number is not finite (as with splits by category, which are not read)");
        append(value);
    }
    void string() {
        m_json += '"';
        for (const char at : m_in.text()) {
            const auto c = static_cast<unsigned char>(at);
            if (c == '"' || c == '\\') {
                m_json += '\\';
                m_json += char(c);
            } else if (c < 0x20) {
                m_json += "\\u00" + QByteArray::number(c, 16).rightJustified(2, '0');
            } else {
                m_json += char(c);
            }
        }
        m_json += '"';
    }
    void list(int depth) {
        const UbjsonReader::List head = m_in.list();
        m_json += '[';
        for (qint64 i = 0; m_in.more(head, i); ++i) {
            if (i)
                m_json += ',';
            value(head.type ? head.type : m_in.take(), depth + 1);
        }
        m_json += ']';
    }
    void object(int depth) {
        m_json += '{';
        for (qint64 i = 0; !m_in.skip('}'); ++i) {
            if (i)
                m_json += ',';
            string();
            m_json += ':';
            value(m_in.take(), depth + 1);
        }
        m_json += '}';
    }
    void value(char type, int depth) {
        if (depth > UbjsonReader::deepest)
            UbjsonReader::fail("it is nested too deeply");
        switch (type) {
        case '{': return object(depth);
        case '[': return list(depth);
        case 'S': return string();
        case 'd': return real(float(m_in.real(type))); // written as short as a float can be
        case 'D': return real(m_in.real(type));
        case 'T': m_json += "true"; return;
        case 'F': m_json += "false"; return;
        case 'Z': m_json += "null"; return;
        default: append(m_in.integer(type));
        }
    }
    UbjsonReader m_in;
    QByteArray m_json;
};

} // namespace

bool looksLikeUbjson(const QByteArray &bytes) { return bytes.size() > 1 && bytes[0] == '{' && QByteArrayView("iUIlL#$").contains(bytes[1]); }

Result<QByteArray> ubjsonToJson(const QByteArray &bytes, const QString &where) {
    Converter converter(bytes);
    try {
        return converter.convert();
    } catch (const std::exception &e) {
        return invalid(QStringLiteral("This is no UBJSON model that can be read: %1, at byte %2.").arg(QString::fromUtf8(e.what())).arg(converter.at()), where,
                       QStringLiteral("Save the model again in Python: booster.save_model(\"model.ubj\") or “.json”."));
    }
}

} // namespace pilothouse::learn
