// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/import_xgboost.h"

#include <QtEndian>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace pilothouse::learn {

namespace {

/// UBJSON draft 12, of which XGBoost writes: objects, strings, integers, float32, and lists of one type ("[$d#L…", no end mark).
class Reader {
public:
    explicit Reader(const QByteArray &bytes) : m_bytes(bytes) {}
    QByteArray read() {
        value(take(), 0);
        if (m_at != m_bytes.size())
            fail("bytes follow the model");
        return std::move(m_json);
    }
    qsizetype at() const { return m_at; }

private:
    [[noreturn]] static void fail(const char *why) { throw std::runtime_error(why); }
    char take() {
        if (m_at >= m_bytes.size())
            fail("the file ends in the middle");
        return m_bytes[m_at++];
    }
    bool skip(char wanted) {
        if (m_at >= m_bytes.size() || m_bytes[m_at] != wanted)
            return false;
        ++m_at;
        return true;
    }
    const char *block(qint64 size) {
        if (size < 0 || size > m_bytes.size() - m_at)
            fail("the file ends in the middle");
        const char *const from = m_bytes.constData() + m_at;
        m_at += qsizetype(size);
        return from;
    }
    template<class T>
    T number() { return qFromBigEndian<T>(block(sizeof(T))); }
    qint64 integer(char type) {
        switch (type) {
        case 'i': return number<std::int8_t>();
        case 'U': return number<std::uint8_t>();
        case 'I': return number<std::int16_t>();
        case 'l': return number<std::int32_t>();
        case 'L': return number<std::int64_t>();
        default: fail("a whole number was expected");
        }
    }
    template<class T>
    void append(T value) {
        char text[32];
        const auto end = std::to_chars(text, text + sizeof text, value).ptr;
        m_json.append(text, end - text);
    }
    template<class T>
    void real(T value) {
        if (!std::isfinite(value))
            fail("a number is not finite");
        append(value);
    }
    void string() {
        const qint64 size = integer(take());
        const char *const from = block(size);
        m_json += '"';
        for (qint64 i = 0; i < size; ++i) {
            const auto c = static_cast<unsigned char>(from[i]);
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
        char type = 0;
        qint64 count = -1;
        if (skip('$'))
            type = take();
        if (skip('#'))
            count = integer(take());
        else if (type)
            fail("a list of one type has no length");
        if (type == 'Z' || type == 'T' || type == 'F')
            fail("a list of nothing but nulls or truths takes no bytes, so its length cannot be believed");
        if (count > m_bytes.size() - m_at || (count < 0 && type))
            fail("the file ends in the middle");
        m_json += '[';
        for (qint64 i = 0; count < 0 ? !skip(']') : i < count; ++i) {
            if (i)
                m_json += ',';
            value(type ? type : take(), depth + 1);
        }
        m_json += ']';
    }
    void object(int depth) {
        m_json += '{';
        for (qint64 i = 0; !skip('}'); ++i) {
            if (i)
                m_json += ',';
            string();
            m_json += ':';
            value(take(), depth + 1);
        }
        m_json += '}';
    }
    void value(char type, int depth) {
        if (depth > 32)
            fail("it is nested too deeply");
        switch (type) {
        case '{': return object(depth);
        case '[': return list(depth);
        case 'S': return string();
        case 'd': return real(number<float>());
        case 'D': return real(number<double>());
        case 'T': m_json += "true"; return;
        case 'F': m_json += "false"; return;
        case 'Z': m_json += "null"; return;
        default: append(integer(type));
        }
    }
    const QByteArray &m_bytes;
    qsizetype m_at = 0;
    QByteArray m_json;
};

} // namespace

bool looksLikeUbjson(const QByteArray &bytes) { return bytes.size() > 1 && bytes[0] == '{' && QByteArrayView("iUIlL#$").contains(bytes[1]); }

Result<QByteArray> ubjsonToJson(const QByteArray &bytes, const QString &where) {
    Reader reader(bytes);
    try {
        return reader.read();
    } catch (const std::exception &e) {
        return invalid(QStringLiteral("This is no UBJSON model that can be read: %1, at byte %2.").arg(QString::fromUtf8(e.what())).arg(reader.at()), where,
                       QStringLiteral("Save the model again in Python: booster.save_model(\"model.ubj\") or “.json”."));
    }
}

} // namespace pilothouse::learn
