// SPDX-License-Identifier: GPL-3.0-or-later
// ordinal: a category becomes its place 0, 1, 2 … in the order of the training categories (sorted by bytes) or in a given one:
// ordinal: {columns: [size], order: [small, medium, large]}. As scikit-learn's OrdinalEncoder(handle_unknown="use_encoded_value",
// unknown_value=-1), or with {unknown: error} its default; a missing value stays missing.
#include "core/data/transform.h"
#include "core/data/transform_settings.h"

#include <cmath>

namespace pilothouse::data {

namespace {

class Ordinal final : public Transform {
public:
    Ordinal(QStringList order, bool refuseUnknown) : m_order(std::move(order)), m_refuseUnknown(refuseUnknown) {}
    bool accepts(const ColumnFit &column) const override { return column.isCategory(); }
    QString subject() const override { return QStringLiteral("categories"); }
    bool codesCategories() const override { return true; }
    Result<void> fit(ColumnFit &column, const TrainingTarget &) const override {
        CategoryTable table{{column.input().name}, {}, {-1}, {std::nan("")}};
        for (const std::string &category : column.map().categories) {
            const qsizetype place = m_order.isEmpty() ? qsizetype(table.lines.size()) : m_order.indexOf(QString::fromStdString(category));
            if (place < 0)
                return invalid(QStringLiteral("The order of ordinal does not have “%1”, a category of “%2”.").arg(QString::fromStdString(category), column.input().name), {},
                               QStringLiteral("Name every category, least first: order: [%1, …]; one step for each column with an order of its own.").arg(m_order.join(QStringLiteral(", "))));
            table.lines.push_back({double(place)});
        }
        column.codeBy(std::move(table), m_refuseUnknown);
        return {};
    }

private:
    QStringList m_order;
    bool m_refuseUnknown;
};

Result<TransformPtr> makeOrdinal(const workspace::TransformSpec &spec) {
    TransformSettings settings(spec);
    QStringList order = settings.texts("order");
    const QString unknown = settings.word("unknown", QStringLiteral("ignore"), {QStringLiteral("ignore"), QStringLiteral("error")});
    PH_TRY(settings.check());
    const qsizetype repeated = order.removeDuplicates();
    if (repeated)
        return invalid(QStringLiteral("ordinal: the order names a category twice."), QStringLiteral("order"));
    return TransformPtr(std::make_shared<const Ordinal>(std::move(order), unknown == QLatin1String("error")));
}

} // namespace

PILOTHOUSE_TRANSFORM(ordinal, "", makeOrdinal)

} // namespace pilothouse::data
