// SPDX-License-Identifier: GPL-3.0-or-later
// Every figure of reference/metrics_hand_made.json (scikit-learn 1.9): absolute 1e-12 or relative 1e-9, as it says, huge_values 1e-6. By our choice a MAPE
// with a zero among the true values is undefined, where scikit-learn divides by 2.2e-16. Entries without figures are input that is an error.
#include "core/data/profile.h"
#include "core/data/transforms.h"
#include "core/metrics/metrics.h"
#include "tests/support/reference_file.h"

#include <QTest>

using namespace pilothouse;
using metrics::Scored;
using support::Answer;
using Q = QLatin1String;

namespace {

Answer nearFigure(double ours, const QJsonValue &figure, double relative = 1e-9) { return support::near(ours, figure, 1e-12, relative); }

std::vector<double> numbers(const QJsonValue &value) {
    std::vector<double> list;
    for (const QJsonValue &v : value.toArray())
        list.push_back(v.toDouble(std::nan(""))); // "NaN" stands as a text
    return list;
}

Scored regression(std::vector<double> truth, std::vector<double> predicted) {
    const std::size_t n = truth.size();
    return {n, 1, 0, std::move(truth), std::move(predicted), {}};
}

/// The file rounds to twelve digits: what is 2 apart at 10^15 reads equal there. These are the values that its figures are of.
Scored hugeValues() { return regression({1e15, 1e15 + 2, 1e15 + 4}, {1e15 + 1, 1e15 + 2, 1e15 + 3}); }

} // namespace

class TestMetricsReference : public QObject {
    Q_OBJECT

    support::ReferenceFile m_reference{QStringLiteral("metrics_hand_made.json"),
                                       {QStringLiteral("title"), QStringLiteral("procedure"), QStringLiteral("tolerance"), QStringLiteral("versions"), QStringLiteral("note"),
                                        QStringLiteral("threshold"), QStringLiteral("y_true"), QStringLiteral("y_pred"), QStringLiteral("score"), QStringLiteral("proba"), QStringLiteral("x")}};

    Scored scoredOf(const QString &kind, const QString &name) const {
        const QJsonObject entry = m_reference.at(kind + QLatin1Char('/') + name).toObject();
        if (name == Q("huge_values"))
            return hugeValues();
        Scored scored = regression(numbers(entry.value(Q("y_true"))), numbers(entry.value(Q("y_pred"))));
        scored.classes = kind == Q("binary") ? 2 : kind == Q("multi_class") ? 3 : 0;
        for (const double p : numbers(entry.value(Q("score")))) {
            scored.predicted.push_back(p >= 0.5 ? 1 : 0);
            scored.probabilities.insert(scored.probabilities.end(), {1 - p, p});
        }
        for (const QJsonValue &line : entry.value(Q("proba")).toArray()) {
            const std::vector<double> p = numbers(line);
            scored.predicted.push_back(double(std::max_element(p.begin(), p.end()) - p.begin()));
            scored.probabilities.insert(scored.probabilities.end(), p.begin(), p.end());
        }
        return scored;
    }

    /// rest: a metric, "n", a label, or a place of a confusion matrix.
    static std::optional<Answer> metricFigure(const Scored &scored, const QStringList &rest, const QJsonValue &figure, double relative) {
        static const QMap<QString, QString> ours{{QStringLiteral("alpha_0.1"), QStringLiteral("pinball_10")}, {QStringLiteral("alpha_0.5"), QStringLiteral("pinball_50")}, {QStringLiteral("alpha_0.9"), QStringLiteral("pinball_90")}};
        const std::size_t at = rest.value(1).toULongLong();
        if (rest == QStringList{QStringLiteral("n")})
            return nearFigure(double(scored.count), figure);
        if (rest[0] == Q("labels") && rest.size() == 2 && at < scored.classes)
            return nearFigure(double(at), figure);
        if (rest[0] == Q("confusion_[tn,fp,fn,tp]") && rest.size() == 2)
            return nearFigure(metrics::confusion(scored).at(at / 2).at(at % 2), figure);
        if (rest[0] == Q("confusion_rows_true_cols_pred") && rest.size() == 3)
            return nearFigure(metrics::confusion(scored).at(at).at(rest[2].toULongLong()), figure);
        const Result<double> value = rest.size() == 1 ? metrics::metricOf(ours.value(rest[0], rest[0]), scored) : Result<double>(invalid(QString()));
        if (!value)
            return std::nullopt;
        if (rest[0] == Q("mape") && std::count(scored.truth.begin(), scored.truth.end(), 0.0) > 0)
            return Answer{std::isnan(*value) && figure.toDouble() > 1e12, QString::number(*value)};
        return nearFigure(*value, figure, relative);
    }

    std::optional<Answer> scalerFigure(const QStringList &rest, const QStringList &path, const QJsonValue &figure) const {
        const QJsonArray lines = m_reference.at(QStringLiteral("standard_scaler/x")).toArray();
        data::Rows rows{std::size_t(lines.size()), 3, {}};
        for (const QJsonValue &line : lines)
            for (const double v : numbers(line))
                rows.values.push_back(v);
        std::vector<data::Input> inputs;
        std::vector<double> means, deviations, scales;
        for (std::size_t c = 0; c < 3; ++c) {
            inputs.push_back({QStringLiteral("x%1").arg(c), data::ColumnType::Number, {}, false});
            data::Column column;
            for (std::size_t row = 0; row < rows.count; ++row)
                column.numbers.push_back(rows.row(row)[c]);
            deviations.push_back(data::statisticsOf(column).std);
        }
        const auto fitted = data::FittedTransforms::fit(rows, inputs, std::vector<workspace::TransformSpec>{{QStringLiteral("standard_scale"), {}}});
        const auto scaled = fitted ? fitted->apply(rows) : Result<data::Rows>(fitted.error());
        if (!scaled || scaled->width != 3)
            return Answer{false, QStringLiteral("no scaled rows")};
        for (std::size_t c = 0; c < 3; ++c) {
            means.push_back(fitted->mean(c));
            scales.push_back(fitted->scale(c));
        }
        if (rest[0] == Q("transformed") && rest.size() == 3)
            return nearFigure(scaled->row(rest[1].toULongLong())[rest[2].toULongLong()], figure);
        const QMap<QString, std::vector<double>> ours{{QStringLiteral("mean"), means}, {QStringLiteral("std_ddof0"), deviations}, {QStringLiteral("scale_used"), scales}};
        return rest.size() == 2 && ours.contains(rest[0]) ? std::optional(m_reference.nearListed(ours.value(rest[0]), path, figure, 1e-12, 1e-9)) : std::nullopt;
    }

    std::optional<Answer> figureOf(const QStringList &path, const QJsonValue &figure) const {
        if (path[0] == Q("standard_scaler") && path.size() > 1)
            return scalerFigure(path.mid(1), path, figure);
        const bool known = path[0] == Q("binary") || path[0] == Q("multi_class") || path[0] == Q("regression");
        const QStringList rest = path.mid(path.value(2) == Q("values") ? 3 : 2);
        if (!known || rest.isEmpty())
            return std::nullopt;
        return metricFigure(scoredOf(path[0], path[1]), rest, figure, path[1] == Q("huge_values") ? 1e-6 : 1e-9);
    }

private Q_SLOTS:
    void initTestCase() {
        const Result<void> read = m_reference.read();
        if (!read && read.error().kind == ErrorKind::NotFound)
            QSKIP("../shared is not there: no reference figures to compare with");
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
    }

    void figures_data() {
        QTest::addColumn<QString>("part");
        for (const QString &part : m_reference.parts(2))
            QTest::newRow(qPrintable(part)) << part;
    }
    void figures() {
        QFETCH(QString, part);
        int figures = 0;
        const QString wrong = m_reference.ask(part, [&](const QStringList &path, const QJsonValue &figure) {
            ++figures;
            return figureOf(path, figure);
        });
        if (figures > 0) {
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        } else { // the entries whose note says "an error"
            QVERIFY2(m_reference.at(part + QStringLiteral("/note")).toString().contains(QStringLiteral("error")), qPrintable(wrong));
            const auto values = metrics::allMetrics(scoredOf(part.section(QLatin1Char('/'), 0, 0), part.section(QLatin1Char('/'), 1)));
            QVERIFY(!values);
            QCOMPARE(values.error().kind, ErrorKind::Invalid);
        }
    }

    void cleanupTestCase() { QVERIFY2(m_reference.complete(), qPrintable(m_reference.tally())); }
};

QTEST_GUILESS_MAIN(TestMetricsReference)
#include "tst_reference.moc"
