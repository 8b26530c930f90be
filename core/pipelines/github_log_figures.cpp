// SPDX-License-Identifier: GPL-3.0-or-later
// Test counts, coverage and pushed images, by the lines that usual tools end with.
#include "core/pipelines/github_runs.h"

#include <QRegularExpression>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

QRegularExpression re(const char *pattern) { return QRegularExpression(QLatin1String(pattern)); }

int countBefore(const QString &line, const char *word) {
    const auto match = QRegularExpression(QStringLiteral("(\\d+) %1\\b").arg(QLatin1String(word))).match(line);
    return match.hasMatch() ? match.captured(1).toInt() : 0;
}

/// One summary line as counts. `fresh`: it is a total by itself; several of them (modules of Maven, crates of cargo) add up.
std::optional<TestCounts> countsOf(const QString &line) {
    static const QRegularExpression pytest = re(R"(^=*\s*(?:\d+ (?:failed|passed|skipped|error|errors|deselected|xfailed|xpassed|warning|warnings|rerun)(?:, )?)+ in [\d.]+s)"), jest = re(R"(^Tests:\s+.*\d+ total)"),
                                    ctest = re(R"((\d+)% tests passed, (\d+) tests failed out of (\d+))"), maven = re(R"(Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)\s*$)"),
                                    cargo = re(R"(^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored)"), gradle = re(R"(^(\d+) tests completed(?:, (\d+) failed)?(?:, (\d+) skipped)?)");
    if (pytest.match(line).hasMatch())
        return TestCounts{countBefore(line, "passed") + countBefore(line, "xpassed"), countBefore(line, "failed") + countBefore(line, "errors?"), countBefore(line, "skipped") + countBefore(line, "xfailed")};
    if (jest.match(line).hasMatch())
        return TestCounts{countBefore(line, "passed"), countBefore(line, "failed"), countBefore(line, "skipped") + countBefore(line, "todo")};
    if (const auto m = ctest.match(line); m.hasMatch())
        return TestCounts{m.captured(3).toInt() - m.captured(2).toInt(), m.captured(2).toInt(), 0};
    if (const auto m = maven.match(line); m.hasMatch()) {
        const int bad = m.captured(2).toInt() + m.captured(3).toInt();
        return TestCounts{m.captured(1).toInt() - bad - m.captured(4).toInt(), bad, m.captured(4).toInt()};
    }
    if (const auto m = cargo.match(line); m.hasMatch())
        return TestCounts{m.captured(1).toInt(), m.captured(2).toInt(), m.captured(3).toInt()};
    if (const auto m = gradle.match(line); m.hasMatch())
        return TestCounts{m.captured(1).toInt() - m.captured(2).toInt() - m.captured(3).toInt(), m.captured(2).toInt(), m.captured(3).toInt()};
    return {};
}

std::optional<double> coverageOf(const QString &line) {
    static const QRegularExpression python = re(R"(^TOTAL\s+\d+\s+\d+(?:\s+\d+\s+\d+)?\s+([\d.]+)%)"), istanbul = re(R"(^All files\s*\|(?:\s*[\d.]+\s*\|){3}\s*([\d.]+)\s*\|)"), go = re(R"(^total:\s+\(statements\)\s+([\d.]+)%)"),
                                    istanbulLines = re(R"(^Lines\s*:\s*([\d.]+)%)");
    for (const QRegularExpression &expression : {python, go, istanbulLines, istanbul})
        if (const auto match = expression.match(line); match.hasMatch())
            return match.captured(1).toDouble();
    return {};
}

} // namespace

LogFigures readLogFigures(const QByteArray &log) {
    static const QRegularExpression escapes = re("\x1b\\[[0-9;]*[A-Za-z]"), stamp = re(R"(^\x{FEFF}?\d{4}-\d\d-\d\dT[\d:.]+Z )"), pushed = re(R"(pushing manifest for ([\w.\-:/]+/[\w.\-/]+):([\w.\-]+)(?:@sha256)?)"),
                                    tagged = re(R"(^([\w.\-]+): digest: sha256:[0-9a-f]{64} size: \d+)"), repository = re(R"(^The push refers to repository \[([\w.\-:/]+)\])");
    static const QList<QByteArray> marks{"passed", "failed", "Tests", "TOTAL", "total:", "Lines", "All files", "tests completed", "manifest", "digest:", "push refers", "skipped", "error"};
    LogFigures figures;
    QString repositoryNow;
    for (qsizetype at = 0; at < log.size();) {
        qsizetype end = log.indexOf('\n', at);
        end = end < 0 ? log.size() : end;
        const QByteArrayView bytes(log.constData() + at, std::min<qsizetype>(end - at, 2000));
        at = end + 1;
        bool near = false;
        for (const QByteArray &mark : marks)
            near = near || bytes.contains(mark);
        if (!near)
            continue;
        QString line = QString::fromUtf8(bytes);
        line.remove(escapes).remove(stamp);
        line = line.trimmed();
        if (const auto counts = countsOf(line)) {
            if (!figures.tests)
                figures.tests = TestCounts{};
            figures.tests->passed += counts->passed;
            figures.tests->failed += counts->failed;
            figures.tests->skipped += counts->skipped;
        }
        if (const auto coverage = coverageOf(line))
            figures.coverage = coverage;
        if (const auto match = pushed.match(line); match.hasMatch())
            figures.images.insert(match.captured(1), match.captured(2));
        if (const auto match = repository.match(line); match.hasMatch())
            repositoryNow = match.captured(1);
        if (const auto match = tagged.match(line); match.hasMatch() && !repositoryNow.isEmpty())
            figures.images.insert(repositoryNow, match.captured(1));
    }
    return figures;
}

QJsonObject LogFigures::toJson() const {
    QJsonObject object;
    if (tests)
        object.insert(Q("tests"), QJsonObject{{Q("passed"), tests->passed}, {Q("failed"), tests->failed}, {Q("skipped"), tests->skipped}});
    if (coverage)
        object.insert(Q("coverage"), *coverage);
    QJsonObject pushed;
    for (auto it = images.begin(); it != images.end(); ++it)
        pushed.insert(it.key(), it.value());
    object.insert(Q("images"), pushed);
    return object;
}

LogFigures LogFigures::fromJson(const QJsonObject &object) {
    LogFigures figures;
    if (const QJsonObject t = object.value(Q("tests")).toObject(); !t.isEmpty())
        figures.tests = TestCounts{t.value(Q("passed")).toInt(), t.value(Q("failed")).toInt(), t.value(Q("skipped")).toInt()};
    if (object.contains(Q("coverage")))
        figures.coverage = object.value(Q("coverage")).toDouble();
    const QJsonObject pushed = object.value(Q("images")).toObject();
    for (auto it = pushed.begin(); it != pushed.end(); ++it)
        figures.images.insert(it.key(), it.value().toString());
    return figures;
}

void LogFigures::add(const LogFigures &other) {
    if (other.tests) {
        if (!tests)
            tests = TestCounts{};
        tests->passed += other.tests->passed;
        tests->failed += other.tests->failed;
        tests->skipped += other.tests->skipped;
    }
    if (other.coverage)
        coverage = other.coverage;
    for (auto it = other.images.begin(); it != other.images.end(); ++it)
        images.insert(it.key(), it.value());
}

} // namespace pilothouse::pipelines
