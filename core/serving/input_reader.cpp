// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/input_reader.h"

#include "core/serving/json_text.h"
#include "core/serving/tensors.h"

#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace pilothouse::serving {

namespace dom = simdjson::dom;
using Problem = std::optional<InputProblem>;

/// Hides simdjson from the header.
struct InputReader::Body {
    dom::element value;
};

namespace {

constexpr double missingValue = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t bodyOfManyRows = 2048; ///< bytes; of fewer there is nothing to win

InputProblem broken(std::string field, std::string what, std::string hint = {}) {
    return {422, std::move(field), std::move(what), std::move(hint)};
}

const char *typeName(dom::element_type type) {
    switch (type) {
    case dom::element_type::ARRAY: return "a list";
    case dom::element_type::OBJECT: return "an object";
    case dom::element_type::STRING: return "text";
    case dom::element_type::BOOL: return "a truth value";
    case dom::element_type::NULL_VALUE: return "null";
    default: return "a number";
    }
}

std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row.back();
}

std::string element(std::string_view list, std::size_t index) { return std::string(list) + '[' + std::to_string(index) + ']'; }

} // namespace

InputReader::InputReader(const artifact::Signature &signature) : m_inputs(signature.inputs) {
    for (const data::Input &input : m_inputs) {
        Known known{utf8(input.name), input.type == data::ColumnType::Category, input.optional, {}};
        for (std::size_t i = 0; i < input.categories.size(); ++i)
            known.codes.emplace(input.categories[i], double(i));
        m_plainNames = m_plainNames && std::none_of(known.name.begin(), known.name.end(), [](unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; });
        m_byName.emplace(known.name, m_known.size());
        m_known.push_back(std::move(known));
    }
    for (const OutputTensor &output : outputTensors(signature))
        m_outputs.push_back(utf8(output.name));
}

Problem InputReader::read(Protocol protocol, const std::string &body, data::Rows &rows, ReadInput &input) const {
    thread_local dom::parser parser;
    rows.width = m_known.size();
    input.many = protocol != Protocol::Rest;
    input.requestId.clear();
    input.outputs.clear();
    if (body.size() >= bodyOfManyRows && readPlain(protocol, body, rows)) {
        input.many = true;
        return std::nullopt;
    }
    rows.count = 0;
    rows.values.clear();
    dom::element root;
    if (const auto error = parser.parse(body).get(root)) {
        if (body.find_first_not_of(" \t\r\n") == std::string::npos)
            return InputProblem{400, {}, "The body is empty.", "Send one row as {\"features\":[…]} or by names, many as {\"rows\":[…]}."};
        return InputProblem{400, {}, std::string("The body is not JSON: ") + simdjson::error_message(error), "Check quotes, commas and brackets; the text must be UTF-8."};
    }
    switch (protocol) {
    case Protocol::Rest: return readRest({root}, rows, input);
    case Protocol::KserveV1: {
        dom::element list;
        if (!root.is_object() || root["instances"].get(list))
            return broken("instances", "The body has no `instances`.", "Send {\"instances\":[[…],…]}.");
        return readList({list}, "instances", rows);
    }
    case Protocol::KserveV2: return readTensors({root}, rows, input);
    }
    return std::nullopt;
}

Problem InputReader::readRest(const Body &body, data::Rows &rows, ReadInput &input) const {
    if (body.value.is_array()) {
        input.many = true;
        return readList(body, "rows", rows);
    }
    dom::object object;
    if (body.value.get(object))
        return broken({}, std::string("The body is ") + typeName(body.value.type()) + "; an object or a list of rows was expected.");
    dom::element found;
    if (m_byName.find("rows") == m_byName.end() && !object["rows"].get(found)) {
        if (object.size() > 1)
            return broken({}, "Beside `rows` no other key is known.", "Send either {\"rows\":[…]} or the inputs of one row by name.");
        input.many = true;
        return readList({found}, "rows", rows);
    }
    rows.count = 1;
    rows.values.resize(rows.width);
    if (m_byName.find("features") == m_byName.end() && !object["features"].get(found)) {
        if (object.size() > 1)
            return broken({}, "Beside `features` no other key is known.", "Send either {\"features\":[…]} or the inputs by name.");
        return readRow({found}, "features", rows.values.data());
    }
    return readNamed(body, {}, rows.values.data());
}

Problem InputReader::readList(const Body &list, std::string_view name, data::Rows &rows) const {
    dom::array array;
    if (list.value.get(array))
        return broken(std::string(name), std::string("Expected a list of rows, got ") + typeName(list.value.type()) + '.');
    const std::size_t count = array.size() == 0xFFFFFF ? maxRowsPerRequest + 1 : array.size(); // simdjson counts that far only
    if (count == 0)
        return broken(std::string(name), "The list holds no row.");
    if (count > maxRowsPerRequest)
        return InputProblem{413, std::string(name), "More than " + std::to_string(maxRowsPerRequest) + " rows in one request.", "Send them in several requests."};
    rows.values.resize(count * rows.width);
    double *out = rows.values.data();
    for (const dom::element row : array) {
        // The prefix is made only when something is wrong: a first pass without it costs nothing on good rows.
        if (auto problem = readRow({row}, std::string(), out)) {
            const std::string prefix = element(name, rows.count);
            return readRow({row}, prefix, out);
        }
        ++rows.count;
        out += rows.width;
    }
    return std::nullopt;
}

Problem InputReader::readRow(const Body &row, const std::string &prefix, double *out) const {
    if (row.value.is_object())
        return readNamed(row, prefix, out);
    dom::array array;
    if (row.value.get(array)) {
        if (m_known.size() == 1)
            return readCell(row, 0, prefix, out[0]);
        return broken(prefix, std::string("Expected a list of ") + std::to_string(m_known.size()) + " values or an object, got " + typeName(row.value.type()) + '.');
    }
    std::size_t column = 0;
    for (const dom::element value : array) {
        if (column < m_known.size())
            if (auto problem = readCell({value}, column, prefix, out[column]))
                return problem;
        ++column;
    }
    if (column != m_known.size()) {
        std::string names;
        for (std::size_t i = 0; i < m_known.size() && i < 12; ++i)
            names += (i ? ", " : "") + m_known[i].name;
        return broken(prefix, "Expected " + std::to_string(m_known.size()) + " values, got " + std::to_string(column) + '.',
                      "In this order: " + names + (m_known.size() > 12 ? ", …" : "") + '.');
    }
    return std::nullopt;
}

Problem InputReader::readNamed(const Body &body, const std::string &prefix, double *out) const {
    dom::object object;
    if (body.value.get(object))
        return broken(prefix, "Expected an object.");
    thread_local std::vector<char> seen;
    seen.assign(m_known.size(), 0);
    std::size_t expected = 0, filled = 0;
    for (const dom::key_value_pair field : object) {
        const auto column = columnOf(field.key, expected);
        const std::string at = prefix.empty() ? std::string() : prefix + '.';
        if (!column) {
            const std::string near = nearestName(field.key);
            return broken(at + std::string(field.key), "This model has no input `" + std::string(field.key) + "`.",
                          near.empty() ? "GET /model-info lists the inputs." : "Did you mean `" + near + "`?");
        }
        if (seen[*column])
            return broken(at + std::string(field.key), "The input is given twice.");
        if (auto problem = readCell({field.value}, *column, prefix, out[*column]))
            return problem;
        seen[*column] = 1;
        ++filled;
        expected = *column + 1;
    }
    if (filled == m_known.size())
        return std::nullopt;
    if (filled == 0) // every input imputed would be an answer to nothing
        return broken(prefix, "The row names no input of this model.", "GET /model-info lists the inputs; one that is not known may be null.");
    for (std::size_t i = 0; i < m_known.size(); ++i)
        if (!seen[i]) {
            if (!m_known[i].optional)
                return missing(i, prefix);
            out[i] = missingValue;
        }
    return std::nullopt;
}

Problem InputReader::readCell(const Body &cell, std::size_t column, const std::string &prefix, double &out) const {
    const Known &known = m_known[column];
    const auto field = [&] { return prefix.empty() ? known.name : prefix + '.' + known.name; };
    const dom::element value = cell.value;
    if (value.is_null()) {
        if (!known.optional)
            return missing(column, prefix);
        out = missingValue;
        return std::nullopt;
    }
    if (!known.category) {
        if (value.get(out) == simdjson::SUCCESS)
            return std::nullopt;
        return broken(field(), std::string("Expected a number, got ") + typeName(value.type()) + '.');
    }
    if (std::string_view text; !value.get(text))
        out = known.codeOf(text);
    else if (std::int64_t integer; !value.get(integer))
        out = known.codeOf(std::to_string(integer)); // a category of digits, sent as a number
    else
        return broken(field(), std::string("Expected text, got ") + typeName(value.type()) + '.');
    return std::nullopt;
}

double InputReader::Known::codeOf(std::string_view text) const {
    const auto code = codes.find(text);
    return code == codes.end() ? -1.0 : code->second;
}

Problem InputReader::missing(std::size_t column, const std::string &prefix) const {
    const std::string &name = m_known[column].name;
    return broken(prefix.empty() ? name : prefix + '.' + name, "The input `" + name + "` is missing.", "It was never missing in training, so the model has no rule for it.");
}

std::optional<std::size_t> InputReader::columnOf(std::string_view name, std::size_t expected) const {
    if (expected < m_known.size() && m_known[expected].name == name) // most clients keep one order
        return expected;
    const auto found = m_byName.find(std::string(name));
    return found == m_byName.end() ? std::nullopt : std::optional(found->second);
}

std::string InputReader::nearestName(std::string_view name) const {
    std::string best;
    std::size_t distance = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (const Known &known : m_known)
        if (const std::size_t d = editDistance(name.substr(0, 64), known.name); d < distance) {
            distance = d;
            best = known.name;
        }
    return best;
}

Problem InputReader::readTensors(const Body &body, data::Rows &rows, ReadInput &input) const {
    dom::object object;
    dom::array tensors;
    if (body.value.get(object) || object["inputs"].get(tensors))
        return broken("inputs", "The body has no list `inputs`.", "Send {\"inputs\":[{\"name\":…,\"shape\":[n,k],\"datatype\":\"FP64\",\"data\":[…]}]}.");
    if (std::string_view id; !object["id"].get(id))
        input.requestId = id;
    if (dom::element wanted; !object["outputs"].get(wanted))
        if (auto problem = readOutputs({wanted}, input))
            return problem;
    const std::size_t count = tensors.size();
    if (count == 0)
        return broken("inputs", "The list holds no tensor.", "Send one of shape [rows, " + std::to_string(m_known.size()) + "], or one for each input by its name.");
    std::vector<char> seen(m_known.size(), 0);
    std::size_t index = 0;
    for (const dom::element tensor : tensors)
        if (auto problem = readTensor({tensor}, index++, count == 1, rows, seen))
            return problem;
    for (std::size_t i = 0; i < m_known.size(); ++i)
        if (!seen[i]) {
            if (!m_known[i].optional)
                return missing(i, "inputs");
            for (std::size_t r = 0; r < rows.count; ++r)
                rows.values[r * rows.width + i] = missingValue;
        }
    return std::nullopt;
}

Problem InputReader::readOutputs(const Body &list, ReadInput &input) const {
    dom::array wanted;
    if (list.value.get(wanted))
        return broken("outputs", std::string("Expected a list of the outputs wanted, got ") + typeName(list.value.type()) + '.', "Leave it out for all of them.");
    for (const dom::element item : wanted) {
        std::string_view name;
        const bool named = item.is_object() && !item["name"].get(name);
        const auto known = std::find(m_outputs.begin(), m_outputs.end(), name);
        if (!named || known == m_outputs.end()) {
            std::string names;
            for (const std::string &output : m_outputs)
                names += (names.empty() ? "" : ", ") + output;
            return broken(element("outputs", input.outputs.size()) + ".name", named ? "This model has no output `" + std::string(name) + "`." : std::string("An output wanted needs its `name`."), "It has: " + names + '.');
        }
        input.outputs.push_back(std::size_t(known - m_outputs.begin()));
    }
    return std::nullopt;
}

namespace {

/// Calls `each` for every leaf of nested lists, in order; false stops.
template<class Each>
bool leaves(dom::element value, const Each &each) {
    dom::array list;
    if (value.get(list))
        return each(value);
    for (const dom::element inner : list)
        if (!leaves(inner, each))
            return false;
    return true;
}

} // namespace

Problem InputReader::readTensor(const Body &body, std::size_t index, bool only, data::Rows &rows, std::vector<char> &seen) const {
    const std::string at = element("inputs", index);
    dom::object tensor;
    dom::array shape;
    dom::element values;
    if (body.value.get(tensor) || tensor["data"].get(values) || tensor["shape"].get(shape))
        return broken(at, "A tensor needs `name`, `shape`, `datatype` and `data`.");
    std::string_view datatype;
    if (tensor["datatype"].get(datatype) || !isTensorDatatype(datatype)) // any number type is read as it is written, whatever the client calls it
        return broken(at + ".datatype", "This is no tensor type of the protocol.", "FP64 for a number, BYTES for a text; also FP32, INT64 and the like.");
    std::vector<std::uint64_t> sizes;
    for (const dom::element size : shape) {
        std::uint64_t n = 0;
        if (size.get(n) || n == 0 || n > maxRowsPerRequest)
            return broken(at + ".shape", "A size must be a whole number from 1 to " + std::to_string(maxRowsPerRequest) + '.');
        sizes.push_back(n);
    }
    std::string_view name;
    const bool hasName = !tensor["name"].get(name);
    const auto named = hasName ? columnOf(name, index) : std::nullopt;
    const bool column = named && (sizes.size() == 1 || (sizes.size() == 2 && sizes[1] == 1));
    if (!column && !(only && sizes.size() == 2 && sizes[1] == m_known.size()))
        return broken(at + ".shape", "Expected one tensor of shape [rows, " + std::to_string(m_known.size()) + "], or one of shape [rows] for each input by its name.");
    if (column && seen[*named])
        return broken(at + ".name", "The input `" + std::string(name) + "` is given twice.");
    const std::size_t count = sizes[0];
    if (rows.count != 0 && rows.count != count)
        return broken(at + ".shape", "The tensors have different numbers of rows.");
    rows.count = count;
    rows.values.resize(count * rows.width);
    const std::size_t width = column ? 1 : rows.width, first = column ? *named : 0;
    std::size_t done = 0;
    Problem problem;
    leaves(values, [&](dom::element value) {
        if (done >= count * width)
            return ++done, false;
        const std::size_t row = done / width, cell = first + done % width;
        problem = readCell({value}, cell, at + ".data", rows.values[row * rows.width + cell]);
        ++done;
        return !problem;
    });
    if (problem)
        return problem;
    if (done != count * width)
        return broken(at + ".data", "The shape asks for " + std::to_string(count * width) + " values; the data has " + (done > count * width ? "more." : std::to_string(done) + '.'));
    if (column)
        seen[first] = 1;
    else
        std::fill(seen.begin(), seen.end(), 1);
    return std::nullopt;
}

} // namespace pilothouse::serving
