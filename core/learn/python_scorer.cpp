// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/python_scorer.h"

#include "core/base/harmless_text.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/memory.h"
#include "core/learn/confined_filter.h"
#include "core/workspace/yaml_tree.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cstring>
#include <limits>
#include <thread>

static void initPythonResource() { Q_INIT_RESOURCE(python); } // outside any namespace: the macro demands it

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

constexpr qint64 longestObject = 16 << 20;  ///< bytes of an answer in words
constexpr std::size_t longestAnswer = 256 << 20; ///< of the predictions of a block; who answers is not trusted with our memory
constexpr qsizetype mostTexts = 100, longestText = 4000;
constexpr std::size_t blockBytes = 8 << 20; ///< of the rows sent at a time
constexpr std::size_t mostBlockRows = 8192; ///< a model may compare each row with all that it was fitted on
constexpr std::size_t blockStep = 64;       ///< whole ones, so that vector code parts the rows as it would part the file
constexpr unsigned mostThreads = 4;         ///< each takes address space for itself, of which there is a limit
const QString scriptInside = QStringLiteral("/pilothouse/score_pickles.py");

template<class T>
void append(QByteArray &bytes, const T *values, std::size_t count) { bytes.append(reinterpret_cast<const char *>(values), qsizetype(count * sizeof(T))); }

/// Words for people: the first ones, and of each the beginning.
QStringList texts(const QJsonValue &list) {
    QStringList out;
    for (const QJsonValue &item : list.toArray()) {
        if (out.size() == mostTexts)
            break;
        out << harmlessText(item.toString().left(longestText));
    }
    return out;
}

/// How to get what is asked for.
QString installLine(const std::vector<VersionCheck> &checks) {
    QStringList wanted;
    for (const VersionCheck &check : checks)
        if (check.requirement.package != Q("python"))
            wanted << QStringLiteral("'%1%2'").arg(check.requirement.package, check.requirement.wanted);
    wanted.removeDuplicates();
    return QStringLiteral("Make an environment with what it needs (python3 -m venv ENV && ENV/bin/pip install %1) and name it by --python ENV").arg(wanted.isEmpty() ? QStringLiteral("-r requirements.txt") : wanted.join(QLatin1Char(' ')));
}

/// The frames are not those of our script.
Error takenOver(const QString &where) {
    return invalid(QStringLiteral("The confined Python does not answer as the script that was started in it does: what it loaded has taken it over."), where, QStringLiteral("Do not use this file. See what it imports by “pilot registry inspect FILE”."));
}

} // namespace

Result<QStringList> pickleColumns(const LoadedPickles &model, const QStringList &columns, const QStringList &asked) {
    const QStringList wanted = !asked.isEmpty() ? asked : !model.features.isEmpty() ? model.features : columns;
    const QString all = QStringLiteral("The data has: %1.").arg(columns.join(QStringLiteral(", ")));
    QStringList missing;
    for (const QString &name : wanted)
        if (!columns.contains(name))
            missing << name;
    if (!missing.isEmpty()) {
        const QString nearest = workspace::nearestName(missing.first(), columns);
        return invalid(QStringLiteral("The data does not have the column%1 “%2”%3.").arg(missing.size() == 1 ? QString() : QStringLiteral("s"), harmlessText(missing.join(QStringLiteral("”, “")).left(longestText)), asked.isEmpty() ? QStringLiteral(" that the model was fitted on") : QString()), {},
                       nearest.isEmpty() ? all : QStringLiteral("Did you mean “%1”? %2").arg(nearest, all));
    }
    if (model.count >= 0 && wanted.size() != model.count)
        return invalid(QStringLiteral("The model takes %1 columns, and %2 are %3.").arg(model.count).arg(wanted.size()).arg(asked.isEmpty() ? QStringLiteral("in the data") : QStringLiteral("named")), {},
                       QStringLiteral("Name them in the order in which it was fitted: --columns A,B,…. %1").arg(all));
    return wanted;
}

PythonScorer::PythonScorer(const PickleSetup &setup, std::unique_ptr<ConfinedChild> child) : m_setup(setup), m_child(std::move(child)) {}

QString PythonScorer::names() const {
    QStringList out;
    for (const artifact::PickleFacts &pickle : m_setup.pickles)
        out << QFileInfo(pickle.file).fileName();
    return out.join(QStringLiteral(", "));
}

Result<std::unique_ptr<PythonScorer>> PythonScorer::start(const PickleSetup &setup, std::stop_token stop) {
    for (const artifact::PickleFacts &pickle : setup.pickles)
        if (!pickle.dangerous.isEmpty())
            return refused(QStringLiteral("This pickle would call what no model needs: %1. It was not loaded.").arg(pickle.dangerous.join(QStringLiteral(", "))), pickle.file,
                           QStringLiteral("Do not use this file. What else it imports: “pilot registry inspect FILE”."));
    initPythonResource();
    QFile script(QStringLiteral(":/python/score_pickles.py"));
    [[maybe_unused]] const bool there = script.open(QIODevice::ReadOnly);
    Q_ASSERT(there);
    ConfinedProgram program;
    program.program = setup.python.program;
    program.arguments = QStringList{QStringLiteral("-I"), QStringLiteral("-B"), scriptInside}; // -I: neither the user's packages nor PYTHON… of the environment
    program.folders = setup.python.folders;
    program.texts.emplace_back(script.readAll(), scriptInside);
    for (std::size_t i = 0; i < setup.pickles.size(); ++i)
        program.files.emplace_back(setup.pickles[i].file, QStringLiteral("/models/%1").arg(i));
    const QString threads = QString::number(std::clamp(std::thread::hardware_concurrency(), 1u, mostThreads));
    for (const char *name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT"})
        program.variables.emplace_back(Q(name), threads);
    PH_ASSIGN(auto child, ConfinedChild::start(program, setup.limits, std::move(stop)));
    std::unique_ptr<PythonScorer> scorer(new PythonScorer(setup, std::move(child)));
    scorer->send('F', noProgramFilter());
    PH_TRY(scorer->checkVersions());
    PH_TRY(scorer->load());
    return scorer;
}

Result<void> PythonScorer::checkVersions() {
    QStringList modules;
    std::vector<Requirement> requirements = m_setup.requirements;
    for (const artifact::PickleFacts &pickle : m_setup.pickles) {
        modules += pickle.packages;
        if (!pickle.sklearnVersion.isEmpty())
            requirements.push_back({QStringLiteral("scikit-learn"), Q("==") + pickle.sklearnVersion, QFileInfo(pickle.file).fileName()});
    }
    modules.removeDuplicates();
    const QStringList packages = packagesOf(modules);
    QStringList distributions = packages;
    if (!packages.contains(QStringLiteral("scikit-learn")))
        distributions << QStringLiteral("scikit-learn"); // a pickle that could not be walked may be of it
    send('A', compactJson(QJsonObject{{Q("distributions"), QJsonArray::fromStringList(distributions)}, {Q("modules"), QJsonArray::fromStringList(modules)}}));
    PH_ASSIGN(const QJsonObject answer, receiveObject('V', names()));
    QMap<QString, QString> installed{{QStringLiteral("python"), answer.value(Q("python")).toString()}};
    const QJsonObject found = answer.value(Q("distributions")).toObject();
    for (auto it = found.begin(); it != found.end(); ++it)
        if (it.value().isString())
            installed.insert(it.key(), it.value().toString());
    m_sklearn = installed.value(QStringLiteral("scikit-learn"));
    m_checks = learn::checkVersions(requirements, packages, installed);
    if (const QStringList missing = texts(answer.value(Q("missing"))); !missing.isEmpty())
        return invalid(QStringLiteral("The pickle asks for the module%1 %2, which %3 does not have. Packages installed for the user alone (pip --user) do not count.").arg(missing.size() == 1 ? QString() : QStringLiteral("s"), missing.join(QStringLiteral(", ")), m_setup.python.program),
                       names(), installLine(m_checks) + QLatin1Char('.'));
    return judgeVersions();
}

Result<void> PythonScorer::judgeVersions() const {
    QStringList wrong;
    for (const VersionCheck &check : m_checks)
        if (!check.fits)
            wrong << QStringLiteral("%1 %2 by %3, %4").arg(check.requirement.package, check.requirement.wanted, check.requirement.source, check.found.isEmpty() ? QStringLiteral("but it is not installed") : QStringLiteral("but %1 is there").arg(check.found));
    if (!wrong.isEmpty() && !m_setup.anyVersion)
        return refused(QStringLiteral("%1 has other versions than the model asks for: %2.").arg(m_setup.python.program, wrong.join(QStringLiteral("; "))), names(),
                       installLine(m_checks) + QStringLiteral(", or score with these by --any-version, which marks the answer."));
    return {};
}

Result<void> PythonScorer::load() {
    QJsonArray files;
    for (std::size_t i = 0; i < m_setup.pickles.size(); ++i)
        files.append(QJsonObject{{Q("path"), QStringLiteral("/models/%1").arg(i)}, {Q("name"), QFileInfo(m_setup.pickles[i].file).fileName()}});
    send('L', compactJson(QJsonObject{{Q("files"), files}}));
    PH_ASSIGN(const QJsonObject answer, receiveObject('M', names()));
    m_model.types = texts(answer.value(Q("types")));
    for (const QJsonValue &feature : answer.value(Q("features")).toArray())
        m_model.features << feature.toString();
    for (const QJsonValue &label : answer.value(Q("classes")).toArray())
        m_model.classes << label.toString();
    m_model.count = answer.value(Q("count")).toInt(-1);
    m_model.probabilities = answer.value(Q("probabilities")).toBool() && !m_model.classes.isEmpty();
    m_model.warnings = texts(answer.value(Q("warnings")));
    for (const QString &version : texts(answer.value(Q("made_by")))) { // of a pickle whose names could not be walked
        const QString wanted = Q("==") + version;
        const auto same = [&](const VersionCheck &check) { return check.requirement.package == Q("scikit-learn") && check.requirement.wanted == wanted; };
        if (std::none_of(m_checks.begin(), m_checks.end(), same))
            m_checks.push_back({{QStringLiteral("scikit-learn"), wanted, names()}, m_sklearn, false});
    }
    PH_TRY(judgeVersions());
    for (const artifact::PickleFacts &pickle : m_setup.pickles) {
        PH_ASSIGN(const QString now, sha256OfFile(pickle.file));
        if (now != pickle.sha256)
            return invalid(QStringLiteral("The pickle was changed while it was read."), pickle.file, QStringLiteral("Wait until the program that writes it is done, then score again."));
    }
    return {};
}

void PythonScorer::setColumns(const std::vector<PickleColumn> &columns) {
    const bool named = m_model.features.size() == qsizetype(columns.size());
    m_texts.clear();
    QJsonArray list;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        m_texts.push_back(!columns[i].texts.isEmpty());
        list.append(QJsonObject{{Q("name"), named ? m_model.features[qsizetype(i)] : columns[i].name}, {Q("texts"), m_texts[i] ? QJsonValue(QJsonArray::fromStringList(columns[i].texts)) : QJsonValue()}});
    }
    send('C', compactJson(QJsonObject{{Q("columns"), list}}));
}

std::size_t PythonScorer::blockRows() const {
    const std::size_t widest = std::max({m_texts.size(), m_model.probabilities ? std::size_t(m_model.classes.size()) : 0, m_outputs, std::size_t(1)});
    const std::size_t fitting = blockBytes / (8 * widest);
    return std::clamp(fitting / blockStep * blockStep, blockStep, mostBlockRows);
}

/// What the codes of the next rows mean.
void PythonScorer::sendTexts(const std::vector<data::Column> &rows) {
    QJsonArray list;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        QJsonArray words;
        for (const std::string &text : rows[i].dictionary)
            words.append(QString::fromStdString(text));
        list.append(m_texts[i] ? QJsonValue(words) : QJsonValue());
    }
    send('T', compactJson(QJsonObject{{Q("texts"), list}}));
}

Result<PickleAnswers> PythonScorer::score(const std::vector<data::Column> &columns, std::size_t first) {
    const std::uint64_t rows = columns.front().size();
    if (std::find(m_texts.begin(), m_texts.end(), true) != m_texts.end())
        sendTexts(columns);
    QByteArray body;
    append(body, &rows, 1);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (m_texts[i]) {
            append(body, columns[i].codes.data(), rows);
        } else if (columns[i].type == data::ColumnType::Number) {
            append(body, columns[i].numbers.data(), rows);
        } else { // a category without a single value in the whole file
            const std::vector<double> missing(rows, std::numeric_limits<double>::quiet_NaN());
            append(body, missing.data(), rows);
        }
    }
    send('B', body);
    const QString where = QStringLiteral("%1, rows %2 to %3").arg(names(), QString::number(first), QString::number(first + rows - 1));
    PH_ASSIGN(const QJsonObject said, receiveObject('P', where));
    PickleAnswers out;
    out.rows = rows;
    out.outputs = std::size_t(std::clamp(said.value(Q("outputs")).toDouble(), 0.0, 1e6));
    out.classes = m_model.probabilities ? std::size_t(m_model.classes.size()) : 0;
    out.warnings = texts(said.value(Q("warnings")));
    if (m_outputs == 0)
        m_outputs = out.outputs;
    const bool labelled = said.value(Q("labels")).isArray();
    for (const QJsonValue &label : said.value(Q("labels")).toArray())
        out.labels << label.toString();
    const std::size_t cells = rows * out.outputs;
    const std::size_t answers = labelled ? rows * sizeof(std::int32_t) : cells * sizeof(double), chances = rows * out.classes * sizeof(double);
    if (answers + chances > longestAnswer)
        return invalid(QStringLiteral("The model answers %1 rows by %2, and at most %3 are taken at a time.").arg(rows).arg(memoryText(qint64(answers + chances)), memoryText(qint64(longestAnswer))), where, QStringLiteral("Score it by its endpoint."));
    PH_ASSIGN(const QByteArray data, receive('D', qint64(answers + chances), where));
    if (said.value(Q("rows")).toDouble() != double(rows) || out.outputs == 0 || out.outputs != m_outputs || (labelled && out.outputs != 1) || std::size_t(data.size()) != answers + chances)
        return takenOver(where);
    if (labelled) {
        out.codes.resize(rows);
        std::memcpy(out.codes.data(), data.constData(), answers);
        if (std::any_of(out.codes.begin(), out.codes.end(), [&](std::int32_t code) { return code < 0 || code >= out.labels.size(); }))
            return takenOver(where);
    } else {
        out.values.resize(cells);
        std::memcpy(out.values.data(), data.constData(), answers);
    }
    out.probabilities.resize(rows * out.classes);
    if (chances > 0)
        std::memcpy(out.probabilities.data(), data.constData() + answers, chances);
    return out;
}

void PythonScorer::send(char letter, const QByteArray &body) {
    const std::uint64_t length = std::uint64_t(body.size());
    QByteArray head(1, letter);
    append(head, &length, 1);
    m_child->send(head);
    m_child->send(body);
}

Result<QByteArray> PythonScorer::receive(char letter, qint64 most, const QString &where) {
    const auto placed = [&](Error error) {
        if (error.kind == ErrorKind::TimedOut)
            error.hint = QStringLiteral("Raise it by --max-time, or score fewer rows.");
        if (error.where.isEmpty())
            error.where = where;
        return error;
    };
    auto head = m_child->receive(1 + sizeof(std::uint64_t));
    if (!head)
        return placed(std::move(head).error());
    std::uint64_t length = 0;
    std::memcpy(&length, head->constData() + 1, sizeof length);
    const char arrived = head->front();
    if ((arrived != letter && arrived != 'X') || length > std::uint64_t(arrived == letter ? most : longestObject))
        return takenOver(where);
    auto body = m_child->receive(qsizetype(length));
    if (!body)
        return placed(std::move(body).error());
    if (arrived == letter)
        return body;
    const auto failure = parseJsonObject(*body, where);
    return failure ? raised(*failure, where) : takenOver(where);
}

Result<QJsonObject> PythonScorer::receiveObject(char letter, const QString &where) {
    PH_ASSIGN(const QByteArray body, receive(letter, longestObject, where));
    const auto object = parseJsonObject(body, where);
    if (!object)
        return takenOver(where);
    return object;
}

/// What Python raised, as an error of ours.
Error PythonScorer::raised(const QJsonObject &failure, const QString &where) const {
    const QString type = harmlessText(failure.value(Q("type")).toString()), text = harmlessText(failure.value(Q("text")).toString());
    const QString stage = failure.value(Q("stage")).toString();
    const bool loading = stage == Q("load");
    Error error = invalid(QStringLiteral("Python raised %1 while it was %2: %3.").arg(type, loading ? QStringLiteral("loading") : stage == Q("score") ? QStringLiteral("predicting") : QStringLiteral("starting"), text.isEmpty() ? QStringLiteral("(no text)") : text), where);
    error.raw = harmlessText(failure.value(Q("trace")).toString());
    if (type == Q("NoModel")) {
        error.what = text;
        error.hint = loading ? QStringLiteral("Where a pickle holds several things, dump each to a file of its own in Python, and name the files in the order in which they are applied.") : QString();
        error.raw.clear();
    } else if (type.endsWith(Q("MemoryError"))) { // numpy has one of its own
        error.kind = ErrorKind::Refused;
        error.what = QStringLiteral("The model needs more memory than the limit of %1.").arg(memoryText(m_setup.limits.memoryBytes));
        error.hint = QStringLiteral("Raise it by --max-memory, if you trust the file.");
    } else if (const QString module = harmlessText(failure.value(Q("module")).toString()); !module.isEmpty()) {
        error.hint = QStringLiteral("%1 does not have the module %2 as the pickle wants it. Install it in a virtual environment and name that by --python.").arg(m_setup.python.program, module);
    } else if (loading && text.contains(Q("__main__"))) {
        error.hint = QStringLiteral("It is of a class that its author's notebook or script defined, which the pickle does not bring along. Score it by its endpoint.");
    } else if (type.endsWith(Q("Error")) && text.contains(Q("[Errno "))) {
        error.hint = QStringLiteral("It asked for what is not there for it: it has no network, no home, no second process, and nowhere to write but a small /tmp. A model needs none of them.");
    }
    return error;
}

} // namespace pilothouse::learn
