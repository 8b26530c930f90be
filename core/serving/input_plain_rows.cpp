// SPDX-License-Identifier: GPL-3.0-or-later
// Large bodies as most clients write them are read without a tree of their values.
#include "core/serving/input_reader.h"

#include <simdjson.h>

#include <limits>

namespace pilothouse::serving {

namespace ondemand = simdjson::ondemand;

namespace {

/// All: false if something else stands there.
template<class Known>
bool readValue(ondemand::value value, const Known &known, double &out) {
    if (known.category) {
        std::string_view text;
        if (value.get_string().get(text))
            return false;
        out = known.codeOf(text);
        return true;
    }
    if (!value.get_double().get(out))
        return true;
    bool none = false;
    if (!known.optional || value.is_null().get(none) || !none)
        return false;
    out = std::numeric_limits<double>::quiet_NaN();
    return true;
}

template<class Known>
bool readPlainRow(ondemand::value row, const std::vector<Known> &known, double *out) {
    std::size_t column = 0;
    ondemand::json_type type;
    if (row.type().get(type))
        return false;
    if (type == ondemand::json_type::object) {
        ondemand::object object;
        if (row.get_object().get(object))
            return false;
        for (auto item : object) {
            ondemand::field field;
            if (std::move(item).get(field) || column == known.size() || !field.key().unsafe_is_equal(known[column].name) || !readValue(field.value(), known[column], out[column]))
                return false;
            ++column;
        }
    } else {
        ondemand::array list;
        if (row.get_array().get(list))
            return false;
        for (auto item : list) {
            ondemand::value value;
            if (item.get(value) || column == known.size() || !readValue(value, known[column], out[column]))
                return false;
            ++column;
        }
    }
    return column == known.size();
}

} // namespace

/// {"rows":[…]}, {"instances":[…]} or a list alone, of rows that are lists or objects of all inputs in the schema's order, each of its type.
/// What it reads, read() reads alike from simdjson's tree, in twice the time (1000 rows of 8 numbers by name).
/// @returns false for any other body, a wrong one too: then `rows` is not to be used.
bool InputReader::readPlain(Protocol protocol, const std::string &body, data::Rows &rows) const {
    thread_local ondemand::parser parser;
    const std::string_view key = protocol == Protocol::Rest ? "rows" : "instances";
    if (protocol == Protocol::KserveV2 || !m_plainNames || m_byName.contains(std::string(key)))
        return false;
    ondemand::document document;
    ondemand::json_type type;
    if (parser.iterate(body).get(document) || document.type().get(type))
        return false;
    const auto readList = [&](ondemand::array list) {
        rows.count = 0;
        for (auto item : list) {
            if (rows.count == maxRowsPerRequest)
                return false;
            if (const std::size_t needed = (rows.count + 1) * rows.width; needed > rows.values.size())
                rows.values.resize(2 * needed);
            ondemand::value row;
            if (item.get(row) || !readPlainRow(row, m_known, rows.values.data() + rows.count * rows.width))
                return false;
            ++rows.count;
        }
        rows.values.resize(rows.count * rows.width);
        return rows.count > 0;
    };
    const auto atEnd = [&] { return document.current_location().error() == simdjson::OUT_OF_BOUNDS; };
    ondemand::array list;
    if (type == ondemand::json_type::array)
        return protocol == Protocol::Rest && !document.get_array().get(list) && readList(list) && atEnd();
    ondemand::object object;
    if (document.get_object().get(object))
        return false;
    std::size_t fields = 0;
    for (auto item : object) {
        ondemand::field field;
        if (std::move(item).get(field) || ++fields > 1 || !field.key().unsafe_is_equal(key) || field.value().get_array().get(list) || !readList(list))
            return false;
    }
    return fields == 1 && atEnd();
}

} // namespace pilothouse::serving
