// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/ubjson_reader.h"

#include <cstdint>
#include <stdexcept>

namespace pilothouse::learn {

void UbjsonReader::fail(const char *why) { throw std::runtime_error(why); }

char UbjsonReader::take() {
    if (m_at >= m_bytes.size())
        fail("the file ends in the middle");
    return m_bytes[m_at++];
}

bool UbjsonReader::skip(char wanted) {
    if (m_at >= m_bytes.size() || m_bytes[m_at] != wanted)
        return false;
    ++m_at;
    return true;
}

qint64 UbjsonReader::integer(char type) {
    switch (type) {
    case 'i': return number<std::int8_t>();
    case 'U': return number<std::uint8_t>();
    case 'I': return number<std::int16_t>();
    case 'l': return number<std::int32_t>();
    case 'L': return number<std::int64_t>();
    default: fail("a whole number was expected");
    }
}

double UbjsonReader::real(char type) { return type == 'd' ? double(number<float>()) : number<double>(); }

std::string_view UbjsonReader::text() {
    const qint64 size = integer(take());
    return {block(size), std::size_t(size)};
}

UbjsonReader::List UbjsonReader::list() {
    List list;
    if (skip('$'))
        list.type = take();
    if (skip('#'))
        list.count = integer(take());
    else if (list.type)
        fail("a list of one type has no length");
    if (list.type == 'Z' || list.type == 'T' || list.type == 'F')
        fail("a list of nothing but nulls or truths takes no bytes, so its length cannot be believed");
    if (list.count > m_bytes.size() - m_at || (list.count < 0 && list.type))
        fail("the file ends in the middle");
    return list;
}

template<class T>
void UbjsonReader::append(std::vector<double> &out, qint64 count) {
    const char *from = block(count * qint64(sizeof(T)));
    for (qint64 i = 0; i < count; ++i, from += sizeof(T))
        out.push_back(double(qFromBigEndian<T>(from)));
}

std::vector<double> UbjsonReader::numbers() {
    if (!skip('['))
        fail("a list was expected");
    const List head = list();
    std::vector<double> out;
    if (head.count > 0)
        out.reserve(std::size_t(head.count)); // not more than bytes are left
    switch (head.type) {
    case 'd': append<float>(out, head.count); return out;
    case 'l': append<std::int32_t>(out, head.count); return out;
    case 'U': append<std::uint8_t>(out, head.count); return out;
    case 'L': append<std::int64_t>(out, head.count); return out;
    default: break;
    }
    for (qint64 i = 0; more(head, i); ++i) {
        const char type = head.type ? head.type : take();
        out.push_back(type == 'd' || type == 'D' ? real(type) : double(integer(type)));
    }
    return out;
}

void UbjsonReader::skipValue(char type, int depth) {
    if (depth > deepest)
        fail("it is nested too deeply");
    switch (type) {
    case '{':
        while (!skip('}')) {
            text();
            skipValue(take(), depth + 1);
        }
        return;
    case '[': {
        const List head = list();
        for (qint64 i = 0; more(head, i); ++i)
            skipValue(head.type ? head.type : take(), depth + 1);
        return;
    }
    case 'S': text(); return;
    case 'd':
    case 'D': real(type); return;
    case 'T':
    case 'F':
    case 'Z': return;
    default: integer(type);
    }
}

} // namespace pilothouse::learn
