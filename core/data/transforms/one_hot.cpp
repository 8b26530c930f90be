// SPDX-License-Identifier: GPL-3.0-or-later
// one_hot: a category of k values becomes k columns of 0 and 1, as scikit-learn's OneHotEncoder(handle_unknown="ignore"): an unknown
// category gives all zeros, a missing one too if it is not imputed. {unknown: error}: an unknown category is refused.
#include "core/data/transform.h"
#include "core/data/transform_settings.h"

namespace pilothouse::data {

namespace {

class OneHot final : public Transform {
public:
    explicit OneHot(bool refuseUnknown) : m_refuseUnknown(refuseUnknown) {}
    bool accepts(const ColumnFit &column) const override { return column.isCategory(); }
    QString subject() const override { return QStringLiteral("categories"); }
    bool codesCategories() const override { return true; }
    Result<void> fit(ColumnFit &column, const TrainingTarget &) const override {
        column.codeHot(m_refuseUnknown);
        return {};
    }

private:
    bool m_refuseUnknown;
};

Result<TransformPtr> makeOneHot(const workspace::TransformSpec &spec) {
    TransformSettings settings(spec);
    const QString unknown = settings.word("unknown", QStringLiteral("ignore"), {QStringLiteral("ignore"), QStringLiteral("error")});
    PH_TRY(settings.check());
    return TransformPtr(std::make_shared<const OneHot>(unknown == QLatin1String("error")));
}

} // namespace

PILOTHOUSE_TRANSFORM(one_hot, "", makeOneHot)

} // namespace pilothouse::data
