// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/export_xgboost.h"

#include <QtEndian>

#include <simdjson.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace pilothouse::learn {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

/// UBJSON draft 12 as XGBoost's own reader takes it: lengths as int64, numbers as float32, lists of any values up to an end mark.
class Writer {
public:
    QByteArray bytes;
    void value(const element &json) {
        switch (json.type()) {
        case element_type::OBJECT: {
            const simdjson::dom::object object = json;
            bytes += '{';
            for (const auto &[key, item] : object) {
                text(key);
                value(item);
            }
            bytes += '}';
            return;
        }
        case element_type::ARRAY: {
            const simdjson::dom::array array = json;
            bytes += '[';
            for (const element item : array)
                value(item);
            bytes += ']';
            return;
        }
        case element_type::STRING:
            bytes += 'S';
            return text(json.get_string().value());
        case element_type::DOUBLE:
            bytes += 'd';
            return number(float(json.get_double().value()));
        case element_type::INT64: return integer(json.get_int64().value());
        case element_type::BOOL: bytes += json.get_bool().value() ? 'T' : 'F'; return;
        case element_type::NULL_VALUE: bytes += 'Z'; return;
        case element_type::UINT64: break; // above 2^63: no field of a model is
        }
        throw std::runtime_error("a number is too large");
    }

private:
    template<class T>
    void number(T value) {
        char big[sizeof(T)];
        qToBigEndian(value, big);
        bytes.append(big, sizeof big);
    }
    void text(std::string_view text) {
        bytes += 'L';
        number(std::int64_t(text.size()));
        bytes.append(text.data(), qsizetype(text.size()));
    }
    void integer(std::int64_t value) {
        const auto fits = [value](auto type) { return value >= std::numeric_limits<decltype(type)>::min() && value <= std::numeric_limits<decltype(type)>::max(); };
        if (fits(std::int8_t())) {
            bytes += 'i';
            number(std::int8_t(value));
        } else if (fits(std::int32_t())) {
            bytes += 'l';
            number(std::int32_t(value));
        } else {
            bytes += 'L';
            number(value);
        }
    }
};

} // namespace

Result<TreeEnsemble> plainTrees(const TreeEnsemble &trees, const data::FittedTransforms &transforms) {
    const std::vector<data::ColumnMap> &maps = transforms.maps();
    for (const data::ColumnMap &map : maps) {
        if (map.category)
            return invalid(QStringLiteral("“%1” is a category, and an XGBoost file takes numbers only.").arg(map.name), {},
                           QStringLiteral("Leave the column out by features: {exclude: [%1]}, or give the service the package: MLflow loads it.").arg(map.name));
        if (map.offset.front() != 0 || map.scale.front() != 1)
            return invalid(QStringLiteral("“%1” is rescaled before it comes to the trees, and an XGBoost file has no place for that.").arg(map.name), {},
                           QStringLiteral("Take the scaling out of `transforms:` and train again: trees do not need it."));
    }
    std::vector<Tree> all = trees.trees();
    for (Tree &tree : all)
        for (TreeNode &node : tree.nodes)
            if (node.inner && !std::isnan(maps[node.feature].fill))
                node.defaultRight = float(maps[node.feature].fill) < node.threshold ? 0 : 1;
    return TreeEnsemble(std::move(all), trees.width(), trees.groups(), trees.objective(), trees.rounds());
}

Result<QByteArray> jsonToUbjson(const QByteArray &json) {
    try {
        simdjson::dom::parser parser;
        Writer writer;
        writer.value(parser.parse(json.constData(), std::size_t(json.size())).value());
        return std::move(writer.bytes);
    } catch (const std::exception &e) {
        return internalError(e);
    }
}

} // namespace pilothouse::learn
