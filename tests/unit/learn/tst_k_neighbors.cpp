// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/learn/neighbours_model.h"
#include "core/learn/npy_file.h"
#include "tests/support/drawn_rows.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;
using support::fitted;

namespace {

const QString name = QStringLiteral("k_neighbors");

/// Three fixed rows and training row 5.
data::Rows asked(const TrainData &data) {
    data::Rows rows{4, 3, {0.5, 0.5, 1.0, 1.2, 0.1, 0.3, 0.1, 0.9, 1.7}};
    rows.values.insert(rows.values.end(), data.x.begin() + 15, data.x.begin() + 18);
    return rows;
}

QVariantMap settings(int k, const QString &weights = QStringLiteral("uniform")) { return {{QStringLiteral("n_neighbors"), k}, {QStringLiteral("weights"), weights}}; }

bool areNear(const std::vector<double> &a, const std::vector<double> &b) {
    bool near = a.size() == b.size();
    for (std::size_t i = 0; near && i < a.size(); ++i)
        near = std::abs(a[i] - b[i]) < 1e-9;
    return near;
}

/// Classes of rows at 0, 1, 2, 3 … on a line.
TrainData onALine(const std::vector<double> &y, std::size_t classes) {
    std::vector<double> x;
    for (std::size_t i = 0; i < y.size(); ++i)
        x.push_back(double(i));
    TrainData data = support::numbersToLearn(y.size(), 1, x, y);
    data.task = workspace::TaskKind::Classification;
    for (std::size_t c = 0; c < classes; ++c)
        data.classes.push_back(std::to_string(c));
    return data;
}

} // namespace

class TestKNeighbors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// scikit-learn 1.9.1 on the same rows: KNeighborsClassifier(k, weights=weights, algorithm="brute").fit(X, y).predict_proba(asked), and
    /// KNeighborsRegressor of two outputs.
    void answersAsScikitLearn_data() {
        QTest::addColumn<int>("k");
        QTest::addColumn<QString>("weights");
        QTest::addColumn<std::vector<double>>("probabilities");
        QTest::addColumn<std::vector<double>>("values");
        QTest::newRow("1, uniform") << 1 << "uniform" << std::vector<double>{0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0} << std::vector<double>{-1.37037205949343, -0.7950774725529025, -1.37037205949343, -0.7950774725529025, 2.692331012932181, -0.8761150902691861, 0.0027658820027132436, 0.015540068192823497};
        QTest::newRow("1, distance") << 1 << "distance" << std::vector<double>{0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0} << std::vector<double>{-1.3703720594934299, -0.7950774725529025, -1.37037205949343, -0.7950774725529025, 2.692331012932181, -0.8761150902691861, 0.0027658820027132436, 0.015540068192823497};
        QTest::newRow("4, uniform") << 4 << "uniform" << std::vector<double>{0.25, 0.75, 0.0, 0.0, 0.75, 0.25, 1.0, 0.0, 0.0, 0.0, 0.25, 0.75} << std::vector<double>{1.331332740271451, -0.7602426520695771, -0.17886189014397752, -0.4751555169024477, 2.0520946653856176, -0.7300323426318506, 0.42074915675214997, -0.032085776409811195};
        QTest::newRow("4, distance") << 4 << "distance" << std::vector<double>{0.2180457800254999, 0.7819542199745002, 0.0, 0.0, 0.6714578860255518, 0.32854211397444827, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0} << std::vector<double>{1.303087301460171, -0.7613853130962333, -0.2213203820526207, -0.5015634137214535, 2.0840132684457724, -0.735033527192988, 0.0027658820027132436, 0.015540068192823497};
        QTest::newRow("7, uniform") << 7 << "uniform" << std::vector<double>{0.42857142857142855, 0.5714285714285714, 0.0, 0.14285714285714285, 0.5714285714285714, 0.2857142857142857, 1.0, 0.0, 0.0, 0.0, 0.2857142857142857, 0.7142857142857143} << std::vector<double>{1.3047731376412535, -0.7023238259469838, 0.523164893802031, -0.5063867599222929, 1.6153024863336374, -0.6577818501074004, 1.6995253794642955, -0.16736935195884226};
        QTest::newRow("7, distance") << 7 << "distance" << std::vector<double>{0.37709091431330266, 0.6229090856866975, 0.0, 0.12767313822220647, 0.5429298243921986, 0.32939703738559495, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0} << std::vector<double>{1.2954468669451065, -0.7072864286725378, 0.4142610947602911, -0.5186130771930075, 1.6603908667709448, -0.665186180730079, 0.0027658820027132436, 0.015540068192823497};
    }
    void answersAsScikitLearn() {
        QFETCH(int, k);
        QFETCH(QString, weights);
        QFETCH(std::vector<double>, probabilities);
        QFETCH(std::vector<double>, values);
        const TrainData classes = support::overlappingClasses(3), curves = support::twoCurves();
        const auto classifier = fitted(name, classes, settings(k, weights)), regressor = fitted(name, curves, settings(k, weights));
        QVERIFY(classifier && regressor);
        const auto shares = classifier.value()->predict(asked(classes)), means = regressor.value()->predict(asked(curves));
        QVERIFY(shares && means);
        QVERIFY(areNear(shares->probabilities, probabilities));
        QVERIFY(areNear(means->values, values));
        for (std::size_t i = 0; i < 4; ++i) {
            const auto row = shares->probabilities.begin() + std::ptrdiff_t(i * 3);
            QCOMPARE(shares->values[i], double(std::max_element(row, row + 3) - row));
        }
    }

    void equalVotesGoToTheFirstClass() {
        const auto model = fitted(name, onALine({2, 1, 1, 2}, 3), settings(4));
        QVERIFY(model);
        QCOMPARE(model.value()->predict({1, 1, {1.4}})->values[0], 1.0);
    }

    void ofEquallyNearRowsTheEarlierCounts() {
        const auto model = fitted(name, onALine({0, 1, 1}, 2), settings(1));
        QVERIFY(model);
        QCOMPARE(model.value()->predict({1, 1, {0.5}})->values[0], 0.0); // 0 and 1 are both half away
        const auto twins = fitted(name, onALine(std::vector<double>(300, 1), 2), settings(2));
        QVERIFY(twins);
        QCOMPARE(twins.value()->predict({1, 1, {7}})->probabilities, (std::vector<double>{0, 1}));
    }

    /// Every neighbour by sorting all distances; 700 rows are several blocks, and a part of one.
    void theNearestOfManyAreFound() {
        const TrainData data = support::overlappingClasses(3, 700);
        const auto model = fitted(name, data, settings(9));
        QVERIFY(model);
        const auto found = model.value()->predict({data.rows, 3, data.x});
        QVERIFY(found);
        for (std::size_t i = 0; i < data.rows; ++i) {
            std::vector<std::pair<double, std::size_t>> all;
            for (std::size_t r = 0; r < data.rows; ++r) {
                double distance = 0;
                for (std::size_t j = 0; j < 3; ++j)
                    distance += (data.x[i * 3 + j] - data.x[r * 3 + j]) * (data.x[i * 3 + j] - data.x[r * 3 + j]);
                all.emplace_back(distance, r);
            }
            std::sort(all.begin(), all.end());
            std::vector<double> shares(3, 0);
            for (std::size_t n = 0; n < 9; ++n)
                shares[std::size_t(data.y[all[n].second])] += 1.0 / 9;
            for (std::size_t c = 0; c < 3; ++c)
                QVERIFY(std::abs(found->probabilities[i * 3 + c] - shares[c]) < 1e-12);
        }
    }

    void whatIsSavedPredictsTheSame() {
        const TrainData data = support::twoCurves();
        const auto model = fitted(name, data, settings(3, QStringLiteral("distance")));
        QVERIFY(model);
        QTemporaryDir folder;
        const auto files = model.value()->save(folder.path());
        QCOMPARE(*files, (QStringList{QStringLiteral("model.json"), QStringLiteral("rows.npy"), QStringLiteral("targets.npy")}));
        const auto again = NeighboursModel::load(folder.path());
        QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
        QCOMPARE(again.value()->predict(asked(data))->values, model.value()->predict(asked(data))->values);
        QCOMPARE(again.value()->predict({1, 2, {0, 0}}).error().kind, ErrorKind::Invalid);
    }

    void alteredFilesAreRefused_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("rows that are cut") << "rows.npy" << QByteArray() << QByteArray();
        QTest::newRow("targets that are cut") << "targets.npy" << QByteArray() << QByteArray();
        QTest::newRow("another shape") << "rows.npy" << QByteArray("(90, 3)") << QByteArray("(45, 6)");
        QTest::newRow("whole numbers") << "rows.npy" << QByteArray("<f8") << QByteArray("<i8");
        QTest::newRow("more neighbours than rows") << "model.json" << QByteArray("\"neighbours\": 5") << QByteArray("\"neighbours\": 500");
        QTest::newRow("fewer classes") << "model.json" << QByteArray("\"classes\": 3") << QByteArray("\"classes\": 2");
        QTest::newRow("unknown weights") << "model.json" << QByteArray("uniform") << QByteArray("gravity");
        QTest::newRow("a wrong type") << "model.json" << QByteArray("\"rows\": 90") << QByteArray("\"rows\": \"90\"");
        QTest::newRow("more rows than there are") << "model.json" << QByteArray("\"rows\": 90") << QByteArray("\"rows\": 9000000000000");
    }
    void alteredFilesAreRefused() {
        QFETCH(QString, file);
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        const auto model = fitted(name, support::overlappingClasses(3));
        QVERIFY(model);
        QTemporaryDir folder;
        QVERIFY(model.value()->save(folder.path()));
        const QString path = folder.filePath(file);
        QByteArray bytes = *readFile(path);
        QVERIFY(bytes.contains(from));
        bytes = from.isEmpty() ? bytes.left(bytes.size() - 8) : bytes.replace(from, to);
        QVERIFY(writeFileAtomically(path, bytes));
        const auto loaded = NeighboursModel::load(folder.path());
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().kind, ErrorKind::Invalid);
        QVERIFY2(loaded.error().where.contains(folder.path()), qPrintable(loaded.error().text()));
    }

    void aNumberThatIsNotFiniteIsRefused() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("rows.npy"));
        QVERIFY(writeNpy(path, {1, 2, 3, INFINITY}, 2));
        QCOMPARE(readNpy(path, 2, 2).error().where, path);
        QVERIFY(writeNpy(path, {1, 2, 3, -4.5}, 2));
        QCOMPARE(*readNpy(path, 2, 2), (std::vector<double>{1, 2, 3, -4.5}));
        QVERIFY(!readNpy(path, 1, 4));
    }

    void wrongParametersAreRefused() {
        QCOMPARE(fitted(name, support::twoCurves(), settings(0)).error().kind, ErrorKind::Invalid);
        QCOMPARE(fitted(name, support::twoCurves(), settings(3, QStringLiteral("gravity"))).error().kind, ErrorKind::Invalid);
        const auto tooFew = fitted(name, support::twoCurves(), settings(81));
        QVERIFY(!tooFew);
        QVERIFY2(tooFew.error().text().contains(QStringLiteral("there are 80 training rows")), qPrintable(tooFew.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestKNeighbors)
#include "tst_k_neighbors.moc"
