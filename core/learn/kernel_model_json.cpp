// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/kernel_model.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>

namespace pilothouse::learn {

namespace {

using simdjson::dom::element;

/// Numbers in their shortest exact form: what is read is what was written, to the last bit.
template<class Values>
QByteArray list(const Values &values) {
    QByteArray text("[");
    char buffer[32];
    for (const auto value : values) {
        if (text.size() > 1)
            text += ',';
        text.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr - buffer);
    }
    return text + ']';
}

QByteArray number(double value) {
    char buffer[32];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr - buffer};
}

QByteArray quoted(const QString &text) {
    const QByteArray json = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    return json.mid(1, json.size() - 2);
}

double finite(const element &value) {
    const double number = value;
    if (!std::isfinite(number))
        throw std::runtime_error("a number is not finite");
    return number;
}

std::vector<double> numbers(const element &values) {
    std::vector<double> out;
    for (const element value : values.get_array())
        out.push_back(finite(value));
    return out;
}

Kernel kernelOf(const element &json) {
    Kernel kernel;
    const std::string_view name = json["name"];
    int kind = 0;
    while (kind < 3 && name != kernelNames[kind])
        ++kind;
    if (kind == 3)
        throw std::runtime_error("the kernel “" + std::string(name) + "” is not known");
    kernel.kind = Kernel::Kind(kind);
    kernel.gamma = finite(json["gamma"]);
    kernel.coef0 = finite(json["coef0"]);
    const std::int64_t degree = json["degree"];
    if (degree < 0 || degree > 1000)
        throw std::runtime_error("the degree is out of range");
    kernel.degree = int(degree);
    return kernel;
}

KernelModel::Machine machineOf(const element &json, std::size_t vectors) {
    KernelModel::Machine machine;
    for (const element value : json["vectors"].get_array()) {
        const std::uint64_t place = value;
        if (place >= vectors || (!machine.vectors.empty() && place <= machine.vectors.back()))
            throw std::runtime_error("a machine names a support vector that is not there");
        machine.vectors.push_back(std::uint32_t(place));
    }
    machine.coefficients = numbers(json["coefficients"]);
    machine.rho = finite(json["rho"]);
    machine.slope = finite(json["slope"]);
    if (machine.coefficients.size() != machine.vectors.size() || machine.slope <= 0)
        throw std::runtime_error("the parts of a machine do not fit together");
    return machine;
}

} // namespace

Result<QStringList> KernelModel::save(const QString &folder) const {
    const std::size_t p = m_names.size();
    QByteArray text = "{\"estimator\":" + quoted(m_estimator) + ",\n\"kernel\":{\"name\":\"" + kernelNames[int(m_kernel.kind)] + "\",\"gamma\":" + number(m_kernel.gamma) +
                      ",\"coef0\":" + number(m_kernel.coef0) + ",\"degree\":" + QByteArray::number(m_kernel.degree) + "},\n\"classes\":" + QByteArray::number(qulonglong(m_classes)) + ",\n\"names\":[";
    for (std::size_t j = 0; j < p; ++j)
        text += (j ? "," : "") + quoted(m_names[j]);
    text += "],\n\"support_vectors\":[";
    for (std::size_t i = 0; i < vectorCount(); ++i)
        text += (i ? ",\n" : "\n") + list(std::span(m_vectors).subspan(i * p, p));
    text += "],\n\"machines\":[";
    for (std::size_t m = 0; m < m_machines.size(); ++m)
        text += (m ? ",\n{" : "\n{") + QByteArray("\"vectors\":") + list(m_machines[m].vectors) + ",\"coefficients\":" + list(m_machines[m].coefficients) + ",\"rho\":" + number(m_machines[m].rho) +
                ",\"slope\":" + number(m_machines[m].slope) + '}';
    PH_TRY(writeFileAtomically(folder + QStringLiteral("/model.json"), text + "]}\n"));
    return QStringList{QStringLiteral("model.json")};
}

Result<std::unique_ptr<FittedModel>> KernelModel::load(const QString &folder) {
    const QString path = folder + QStringLiteral("/model.json");
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    try {
        simdjson::dom::parser parser;
        const element root = parser.parse(bytes.constData(), std::size_t(bytes.size()));
        const std::string_view estimator = root["estimator"];
        std::vector<QString> names;
        for (const element name : root["names"].get_array())
            names.push_back(QString::fromStdString(std::string(name.get_string().value())));
        const std::uint64_t classes = root["classes"];
        std::vector<double> vectors;
        for (const element line : root["support_vectors"].get_array()) {
            const std::vector<double> vector = numbers(line);
            if (vector.size() != names.size())
                throw std::runtime_error("a support vector has another length than the names");
            vectors.insert(vectors.end(), vector.begin(), vector.end());
        }
        std::vector<Machine> machines;
        for (const element machine : root["machines"].get_array())
            machines.push_back(machineOf(machine, names.empty() ? 0 : vectors.size() / names.size()));
        if (names.empty() || machines.empty() || classes == 1 || classes > 10000 || (classes && machines.size() != classes * (classes - 1) / 2))
            throw std::runtime_error("the number of machines does not fit the classes");
        return std::unique_ptr<FittedModel>(std::make_unique<KernelModel>(QString::fromStdString(std::string(estimator)), kernelOf(root["kernel"]), std::move(names), std::size_t(classes), std::move(vectors),
                                                                          std::move(machines), QJsonObject()));
    } catch (const std::exception &e) {
        return invalid(QStringLiteral("This is no support vector model that can be read: %1.").arg(QString::fromUtf8(e.what())), path);
    }
}

} // namespace pilothouse::learn
