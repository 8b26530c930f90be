// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/estimator_entry.h"
#include "core/learn/neighbours_model.h"
#include "core/learn/parameters.h"

namespace pilothouse::learn {

namespace {

constexpr std::size_t manyRows = 100000; // a row of twenty columns then takes about a millisecond

class KNeighbors final : public Estimator {
public:
    KNeighbors(std::size_t neighbours, bool byDistance, QJsonObject parameters) : m_neighbours(neighbours), m_byDistance(byDistance), m_parameters(std::move(parameters)) {}
    QString name() const override { return QStringLiteral("k_neighbors"); }
    QJsonObject parameters() const override { return m_parameters; }
    double memory(const TrainShape &shape) const override { return 16 * shape.cells(); } // the model keeps the rows twice

    Result<std::unique_ptr<FittedModel>> fit(const TrainData &train, const TrainData &, FitContext &context) override {
        if (train.rows < m_neighbours)
            return invalid(QStringLiteral("k_neighbors: %1 neighbours were asked for, there are %2 training rows.").arg(m_neighbours).arg(train.rows), QStringLiteral("n_neighbors"));
        if (train.rows > manyRows)
            context.log(QStringLiteral("warning"), QStringLiteral("k_neighbors keeps all %1 training rows and compares each row that is scored with all of them; above %2 rows that is slow.").arg(train.rows).arg(manyRows));
        context.progress(1, 1, QStringLiteral("fit"));
        const NeighboursModel::Settings settings{m_neighbours, m_byDistance, train.rows, train.width, train.isClassification() ? 1 : train.outputs, train.classes.size()};
        return std::unique_ptr<FittedModel>(std::make_unique<NeighboursModel>(settings, train.x, train.y, QJsonObject{{QStringLiteral("parameters"), m_parameters}, {QStringLiteral("rows"), qint64(train.rows)}}));
    }

private:
    std::size_t m_neighbours;
    bool m_byDistance;
    QJsonObject m_parameters;
};

Result<std::unique_ptr<Estimator>> makeKNeighbors(const workspace::EstimatorSpec &spec, workspace::TaskKind) {
    Parameters parameters(spec);
    const auto neighbours = parameters.integer("n_neighbors", 5, 1, 100000);
    const QString weights = parameters.word("weights", QStringLiteral("uniform"), {QStringLiteral("distance"), QStringLiteral("uniform")});
    PH_TRY(parameters.check());
    return std::unique_ptr<Estimator>(std::make_unique<KNeighbors>(std::size_t(neighbours), weights == QLatin1String("distance"), parameters.resolved()));
}

} // namespace

/// k_neighbors {n_neighbors: 5, weights: uniform}: the package holds the training rows. Sensible up to 100,000 of them; scale the columns.
PILOTHOUSE_ESTIMATOR(k_neighbors, numbers | classes | windows, neighbours, makeKNeighbors)

} // namespace pilothouse::learn
