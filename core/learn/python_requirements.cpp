// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/python_requirements.h"

#include "core/base/file.h"
#include "core/base/harmless_text.h"
#include "core/learn/package_versions.h"
#include "core/workspace/yaml_tree.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
using workspace::YamlNode;

/// A pickle of 3.11.2 is the same to a Python of 3.11.9: the first two numbers count.
QString pythonSpecifier(QString version) {
    if (version.endsWith(Q(".*")))
        version.chop(2);
    return QStringLiteral("==%1.*").arg(version.section(QLatin1Char('.'), 0, 1));
}

class Reader {
public:
    explicit Reader(const QString &file) : m_name(QFileInfo(file).fileName()) {}

    /// A line as pip takes it.
    void takePip(QString line, const QString &source) {
        static const QRegularExpression comment(QStringLiteral("(^|\\s)#.*$")), hashes(QStringLiteral("\\s--hash=.*$"));
        static const QRegularExpression form(QStringLiteral("^([A-Za-z0-9][A-Za-z0-9._-]*)\\s*(?:\\[[^\\]]*\\])?\\s*\\(?([^;@()]*)\\)?$"));
        line = line.remove(comment).remove(hashes).trimmed();
        if (line.isEmpty() || line.startsWith(Q("--"))) // an option of pip says nothing of versions
            return;
        const QRegularExpressionMatch match = form.match(line);
        if (match.hasMatch())
            add(match.captured(1), match.captured(2).trimmed(), source);
        else
            leave(line, source);
    }

    /// A dependency as conda takes it: "numpy=1.24.3=py311_0", "numpy 1.24.*", "conda-forge::scipy>=1.10", "python=3.11".
    void takeConda(const QString &text) {
        static const QRegularExpression form(QStringLiteral("^(?:[^\\s:]+::)?([A-Za-z0-9][A-Za-z0-9._-]*)\\s*(.*)$"));
        static const QRegularExpression fuzzy(QStringLiteral("^=([^=\\s]+)(=\\S+)?$")), exact(QStringLiteral("^(?:==)?([0-9][^=\\s]*)([=\\s]\\S+)?$")); // behind them: a build
        const QRegularExpressionMatch match = form.match(text.trimmed());
        if (!match.hasMatch())
            return leave(text, m_name);
        QString wanted = match.captured(2).trimmed();
        if (const auto begin = fuzzy.match(wanted); begin.hasMatch())
            wanted = Q("==") + begin.captured(1) + (begin.captured(1).endsWith(Q(".*")) ? Q("") : Q(".*"));
        else if (const auto whole = exact.match(wanted); whole.hasMatch())
            wanted = Q("==") + whole.captured(1);
        add(match.captured(1), wanted, m_name);
    }

    Result<void> takeYaml(const YamlNode &root, const QString &file) {
        const YamlNode *python = root.find(QStringLiteral("python")); // of python_env.yaml, whose dependencies are pip's
        if (python)
            add(QStringLiteral("python"), Q("==") + python->text, m_name);
        const YamlNode *dependencies = root.find(QStringLiteral("dependencies"));
        if (!dependencies)
            return invalid(QStringLiteral("There is no list “dependencies” in it."), file, QStringLiteral("Name a requirements.txt, a conda.yaml or a python_env.yaml."));
        for (const auto &item : dependencies->items) {
            if (const YamlNode *pip = item->find(QStringLiteral("pip"))) {
                for (const auto &line : pip->items)
                    takePip(line->text, m_name);
            } else if (python) {
                takePip(item->text, m_name);
            } else {
                takeConda(item->text);
            }
        }
        return {};
    }

    Requirements take() { return std::move(m_out); }

private:
    void add(const QString &name, QString wanted, const QString &source) {
        if (wanted.isEmpty())
            return;
        wanted = harmlessText(wanted); // "===" takes any text
        const QString package = packageName(name);
        if (package == Q("python") && wanted.startsWith(Q("==")))
            wanted = pythonSpecifier(wanted.mid(2));
        if (versionFits(QStringLiteral("0"), wanted))
            m_out.list.push_back({package, wanted, source});
        else
            leave(name + QLatin1Char(' ') + wanted, source);
    }
    void leave(const QString &text, const QString &source) { m_out.notes << QStringLiteral("%1: “%2” is not judged: it is no plain package and version.").arg(source, harmlessText(text)); }

    const QString m_name;
    Requirements m_out;
};

} // namespace

Result<Requirements> readRequirements(const QString &file) {
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    Reader reader(file);
    if (file.endsWith(Q(".yaml")) || file.endsWith(Q(".yml"))) {
        PH_ASSIGN(const workspace::YamlPointer root, workspace::parseYaml(workspace::YamlPlaces(bytes, file)));
        PH_TRY(reader.takeYaml(*root, file));
        return reader.take();
    }
    QString line;
    int number = 0, first = 1;
    for (const QString &piece : QString::fromUtf8(bytes).split(QLatin1Char('\n'))) {
        ++number;
        line += piece;
        if (line.endsWith(QLatin1Char('\r')))
            line.chop(1);
        if (line.endsWith(QLatin1Char('\\'))) { // it goes on below
            line.chop(1);
            continue;
        }
        reader.takePip(line, QStringLiteral("%1:%2").arg(QFileInfo(file).fileName()).arg(first));
        line.clear();
        first = number + 1;
    }
    return reader.take();
}

QString requirementsBeside(const QString &pickle) {
    for (const char *name : {"requirements.txt", "conda.yaml"}) {
        const QString file = QFileInfo(pickle).absolutePath() + QLatin1Char('/') + Q(name);
        if (QFileInfo(file).isFile())
            return file;
    }
    return {};
}

QStringList packagesOf(const QStringList &modules) {
    static const QMap<QString, QString> otherNames{{QStringLiteral("sklearn"), QStringLiteral("scikit-learn")}, {QStringLiteral("imblearn"), QStringLiteral("imbalanced-learn")},
                                                   {QStringLiteral("skimage"), QStringLiteral("scikit-image")}, {QStringLiteral("yaml"), QStringLiteral("pyyaml")}};
    QStringList out;
    for (const QString &module : modules) {
        out << packageName(otherNames.value(module, module));
        if (module == Q("sklearn") || module == Q("imblearn"))
            out << QStringLiteral("scikit-learn") << QStringLiteral("numpy") << QStringLiteral("scipy") << QStringLiteral("joblib");
    }
    out.removeDuplicates();
    return out;
}

QJsonObject VersionCheck::toJson() const {
    return {{Q("package"), requirement.package}, {Q("wanted"), requirement.wanted}, {Q("source"), requirement.source}, {Q("found"), found.isEmpty() ? QJsonValue() : QJsonValue(found)}, {Q("fits"), fits}};
}

std::vector<VersionCheck> checkVersions(const std::vector<Requirement> &requirements, const QStringList &packages, const QMap<QString, QString> &installed) {
    std::vector<VersionCheck> out;
    for (const Requirement &requirement : requirements) {
        if (requirement.package != Q("python") && !packages.contains(requirement.package))
            continue;
        const QString found = installed.value(requirement.package);
        out.push_back({requirement, found, !found.isEmpty() && versionFits(found, requirement.wanted).value_or(false)});
    }
    return out;
}

} // namespace pilothouse::learn
