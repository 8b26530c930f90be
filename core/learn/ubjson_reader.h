// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QtEndian>

#include <string_view>
#include <vector>

namespace pilothouse::learn {

/// Walks UBJSON draft 12 from its first byte to its last, of which XGBoost writes: objects, strings, integers, float32, and lists of one
/// type ("[$d#L…", no end mark). Every function throws std::runtime_error with the reason if the bytes end or are no such thing.
class UbjsonReader {
public:
    explicit UbjsonReader(QByteArrayView bytes) : m_bytes(bytes) {}
    struct List {
        char type = 0;      ///< of every item; 0: each has its own mark
        qint64 count = -1;  ///< -1: up to the end mark "]"
    };
    char take(); ///< next byte
    bool skip(char wanted); ///< true, and one byte further, if it is the next one
    bool atEnd() const { return m_at == m_bytes.size(); }
    qsizetype at() const { return m_at; }
    qint64 integer(char type);
    double real(char type); ///< 'd' or 'D'; may be infinite or NaN
    std::string_view text(); ///< a string without its mark 'S', as the keys of an object are
    List list();             ///< after '['
    bool more(const List &list, qint64 read) { return list.count < 0 ? !skip(']') : read < list.count; }
    std::vector<double> numbers(); ///< a list, with its '[', of integers or reals
    void skipValue(char type, int depth = 0);
    [[noreturn]] static void fail(const char *why);
    static constexpr int deepest = 32; ///< values inside each other

private:
    const char *block(qint64 size) {
        if (size < 0 || size > m_bytes.size() - m_at)
            fail("the file ends in the middle");
        const char *const from = m_bytes.data() + m_at;
        m_at += qsizetype(size);
        return from;
    }
    template<class T>
    T number() { return qFromBigEndian<T>(block(sizeof(T))); }
    template<class T>
    void append(std::vector<double> &out, qint64 count);
    QByteArrayView m_bytes;
    qsizetype m_at = 0;
};

} // namespace pilothouse::learn
