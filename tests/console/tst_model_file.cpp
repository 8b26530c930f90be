// SPDX-License-Identifier: GPL-3.0-or-later
// "Look at a model file…": what the sheet shows of a pickle, of XGBoost and of TorchScript, what its import asks for; and the whole way in the
// real window with the real `pilot`.
#include "app/console/main_window.h"
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/theme.h"
#include "widgets/registry/import_form.h"
#include "widgets/registry/model_file_sheet.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::console;
using fleet::ModelFile;
using Q = QLatin1String;

namespace {

constexpr int slow = 60000; // a loaded CI machine; conditions end the wait, never time

QString sourceFile(const char *name) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/") + Q(name); }

ModelFile pickleOf(bool dangerous) {
    ModelFile file;
    file.file = QStringLiteral("/m/my svc.joblib");
    file.pickle.file = file.file;
    file.pickle.sha256 = QStringLiteral("ab12");
    file.pickle.bytes = 12'000;
    file.pickle.opcodes = 900;
    file.pickle.names = QStringList{QStringLiteral("numpy.ndarray"), QStringLiteral("sklearn.svm._classes.SVC")};
    file.pickle.packages = QStringList{QStringLiteral("numpy"), QStringLiteral("sklearn")};
    file.pickle.sklearnVersion = QStringLiteral("1.5.0");
    if (dangerous)
        file.pickle.dangerous = QStringList{QStringLiteral("posix.system")};
    return file;
}

ModelFile treesOf(qint64 classes) {
    ModelFile file;
    file.kind = ModelFile::Kind::Xgboost;
    file.file = QStringLiteral("/m/damage.json");
    file.madeBy = QStringLiteral("xgboost 3.2.0");
    file.task = classes ? QStringLiteral("classification") : QStringLiteral("regression");
    file.objective = QStringLiteral("reg:squarederror");
    file.classCount = classes;
    file.trees = file.rounds = 6;
    return file;
}

/// @param said  of our own exports, which say what they forecast
ModelFile scriptOf(bool said) {
    ModelFile file;
    file.kind = ModelFile::Kind::TorchScript;
    file.file = QStringLiteral("/m/ws2m.pt");
    file.madeBy = QStringLiteral("PyTorch (TorchScript)");
    file.parameters = 17'000;
    file.dtype = QStringLiteral("float32");
    if (said) {
        file.task = QStringLiteral("forecast");
        file.window = file.horizon = 24;
        file.step = QStringLiteral("1h");
        file.series = QStringList{QStringLiteral("ws2m"), QStringLiteral("t2m")};
        file.targets = QStringList{QStringLiteral("ws2m")};
    }
    return file;
}

} // namespace

class TestModelFileSheet : public QObject {
    Q_OBJECT

    ui::Theme m_theme;
    QTemporaryDir m_folder;

    static QString textsOf(const QWidget &widget) {
        QStringList out;
        for (const QLabel *label : widget.findChildren<QLabel *>())
            if (!label->isHidden())
                out << label->text();
        return out.join(QLatin1Char('\n'));
    }
    template<class T>
    static T *part(QWidget *sheet, const char *name) { return sheet->findChild<T *>(Q(name)); }

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void aPickleIsShownAndItsCommandCopied() {
        QWidget window;
        auto *sheet = new ui::ModelFileSheet({}, QStringLiteral("/m/my svc.joblib"), workspace::Role::Operator, &window);
        sheet->open();
        sheet->showFile(pickleOf(false));
        QCOMPARE(sheet->shown(), ui::ScreenState::Full);
        QTRY_VERIFY2(textsOf(*sheet).contains(ui::bytes(12'000)), qPrintable(textsOf(*sheet))); // new labels are shown by the event loop
        const QString texts = textsOf(*sheet);
        for (const char *word : {"my svc.joblib", "Pickled Python object", "ab12", "1.5.0", "numpy, sklearn", "never loaded here", "endpoint"})
            QVERIFY2(texts.contains(Q(word)), qPrintable(QStringLiteral("%1 in\n%2").arg(Q(word), texts)));
        QCOMPARE(part<QPlainTextEdit>(sheet, "modelFileNames")->toPlainText(), QStringLiteral("numpy.ndarray\nsklearn.svm._classes.SVC"));
        QVERIFY(part<QLabel>(sheet, "modelFileDanger")->isHidden());
        QVERIFY(part<ui::Button>(sheet, "modelFileImport")->isHidden()); // it cannot be imported
        QVERIFY(sheet->findChild<ui::ImportForm *>()->isHidden());
        const QString command = QStringLiteral("pilot score '/m/my svc.joblib' --pickle --data ROWS.csv --out PREDICTIONS.csv --python ENV");
        QCOMPARE(part<QLineEdit>(sheet, "modelFileCommand")->text(), command);
        QTest::mouseClick(part<ui::Button>(sheet, "modelFileCopy"), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), command);
        QVERIFY(part<QLabel>(sheet, "modelFileTold")->text().startsWith(Q("Copied.")));
    }

    void aDangerousPickleHasNoCommandToCopy() {
        QWidget window;
        auto *sheet = new ui::ModelFileSheet({}, QStringLiteral("/m/evil.pkl"), workspace::Role::Operator, &window);
        sheet->open();
        sheet->showFile(pickleOf(true));
        QVERIFY(!part<QLabel>(sheet, "modelFileDanger")->isHidden());
        QVERIFY(part<QLabel>(sheet, "modelFileDanger")->text().contains(Q("posix.system")));
        QVERIFY(!part<ui::Button>(sheet, "modelFileCopy")->isEnabled());
    }

    void whatWasNotReadToItsEndSaysSo() {
        QWidget window;
        auto *sheet = new ui::ModelFileSheet({}, QStringLiteral("/m/a.pkl"), workspace::Role::Operator, &window);
        ModelFile file = pickleOf(false);
        file.pickle.stopped = QStringLiteral("its xz compression is not read here");
        file.pickle.sklearnVersion.clear();
        sheet->showFile(file);
        QVERIFY2(textsOf(*sheet).contains(Q("not to its end: its xz compression is not read here. It may name more.")), qPrintable(textsOf(*sheet)));
        QVERIFY(textsOf(*sheet).contains(Q("no version stands in it")));
    }

    void aFileThatIsNoneSaysWhyAndLooksAgain() {
        QWidget window;
        auto *sheet = new ui::ModelFileSheet({}, QStringLiteral("/m/notes.txt"), workspace::Role::Operator, &window);
        sheet->open();
        sheet->showFailure(invalid(QStringLiteral("This is no pickle: the stream is cut."), QStringLiteral("/m/notes.txt"), QStringLiteral("Inspected are models.")));
        QCOMPARE(sheet->shown(), ui::ScreenState::Failed);
        QVERIFY(part<ui::Button>(sheet, "modelFileImport")->isHidden() && part<ui::Button>(sheet, "modelFileCopy")->isHidden());
        QPointer<QWidget> alive = sheet;
        QTest::keyClick(sheet, Qt::Key_Escape);
        QTRY_VERIFY(!alive);
    }

    void theFormAsksForWhatTheFileDoesNotSay_data() {
        QTest::addColumn<int>("file");
        QTest::addColumn<QString>("task");
        QTest::addColumn<QString>("shown");
        const QString always = QStringLiteral("importExpected importMissing importModel importRows");
        QTest::newRow("trees of a number") << 0 << "" << always + QStringLiteral(" importRounds importTarget");
        QTest::newRow("trees of classes") << 1 << "" << always + QStringLiteral(" importClasses importRounds importTarget");
        QTest::newRow("a foreign script") << 2 << "" << always + QStringLiteral(" importAnswers importClasses importTarget importTask");
        QTest::newRow("a foreign forecast") << 2 << "forecast" << always + QStringLiteral(" importHorizon importSeries importStep importTarget importTask importTime importWindow importZone");
        QTest::newRow("a forecast of our own") << 3 << "" << always + QStringLiteral(" importTime importZone");
    }
    void theFormAsksForWhatTheFileDoesNotSay() {
        QFETCH(int, file);
        QFETCH(QString, task);
        QFETCH(QString, shown);
        ui::ImportForm form;
        form.setFile(file == 0 ? treesOf(0) : file == 1 ? treesOf(2) : scriptOf(file == 3));
        auto *choice = form.findChild<ui::Choice *>(QStringLiteral("importTask"));
        choice->setCurrentIndex(choice->findData(task));
        QStringList names;
        for (const ui::Field *field : form.findChildren<ui::Field *>())
            if (!field->isHidden())
                names << field->editor()->objectName();
        names.sort();
        QStringList wanted = shown.split(QLatin1Char(' '));
        wanted.sort();
        QCOMPARE(names.join(QLatin1Char(' ')), wanted.join(QLatin1Char(' ')));
    }

    void theImportWaitsForWhatItNeeds() {
        ui::ImportForm form;
        form.setFile(scriptOf(false));
        const auto type = [&](const char *name, const char *text) { part<QLineEdit>(&form, name)->setText(Q(text)); };
        QCOMPARE(form.request().model, QStringLiteral("ws2m")); // the file's name
        QVERIFY(form.lacking().startsWith(Q("Choose the rows")));
        type("importModel", " ");
        QVERIFY(form.lacking().startsWith(Q("Name the model")));
        type("importModel", "wind");
        type("importRows", "/d/hours.csv");
        QCOMPARE(form.lacking(), QString());
        auto *task = form.findChild<ui::Choice *>(QStringLiteral("importTask"));
        type("importClasses", "no,yes");
        QVERIFY(form.request().arguments().contains(QStringLiteral("--classes=no,yes")));
        task->setCurrentIndex(task->findData(QStringLiteral("forecast")));
        QVERIFY(form.lacking().startsWith(Q("A forecast needs")));
        type("importWindow", "24");
        type("importHorizon", "12");
        type("importStep", "1h");
        type("importTarget", "ws2m");
        type("importSeries", "ws2m,t2m,rh2m");
        type("importZone", "Asia/Colombo");
        QCOMPARE(form.lacking(), QString());
        QCOMPARE(form.request().arguments().mid(3).join(QLatin1Char(' ')), // what was typed for classes is not asked for any more
                 QStringLiteral("--model wind --rows /d/hours.csv --target=ws2m --task=forecast --window=24 --horizon=12 --step=1h --series=ws2m,t2m,rh2m --zone=Asia/Colombo"));
    }

    void aViewerCannotImport() {
        QWidget window;
        auto *sheet = new ui::ModelFileSheet({}, QStringLiteral("/m/damage.json"), workspace::Role::Viewer, &window);
        sheet->open();
        sheet->showFile(treesOf(0));
        auto *start = part<ui::Button>(sheet, "modelFileImport");
        QVERIFY(!start->isHidden() && !start->isEnabled());
        QCOMPARE(start->toolTip(), QStringLiteral("Needs role operator."));
        QVERIFY(part<ui::Button>(sheet, "modelFileCopy")->isHidden());
    }

    void theSheetFitsTheSmallestWindow_data() {
        QTest::addColumn<int>("file");
        QTest::newRow("a pickle") << 0;
        QTest::newRow("trees") << 1;
        QTest::newRow("a forecast") << 2;
    }
    void theSheetFitsTheSmallestWindow() {
        QFETCH(int, file);
        QWidget window;
        window.resize(1024, 640);
        window.show();
        auto *sheet = new ui::ModelFileSheet({}, QStringLiteral("/a/rather/long/path/of/folders/that/goes/on/my-model-file-with-a-long-name.joblib"), workspace::Role::Operator, &window);
        sheet->open();
        sheet->showFile(file == 0 ? pickleOf(true) : file == 1 ? treesOf(2) : scriptOf(false));
        if (auto *task = sheet->findChild<ui::Choice *>(QStringLiteral("importTask")); file == 2)
            task->setCurrentIndex(task->findData(QStringLiteral("forecast")));
        QCoreApplication::processEvents();
        QVERIFY2(sheet->width() <= 1024 && sheet->height() <= 640, qPrintable(QStringLiteral("%1 × %2").arg(sheet->width()).arg(sheet->height())));
        for (const ui::Button *button : sheet->findChildren<ui::Button *>())
            QVERIFY2(button->isHidden() || button->width() + 1 >= button->sizeHint().width(), qPrintable(button->text()));
        if (const QString to = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !to.isEmpty())
            sheet->grab().save(QStringLiteral("%1/model-file-%2.png").arg(to).arg(file));
    }

    /// The real window and the real `pilot`: looked at from the palette's command, imported, and there as a version.
    void aFileIsLookedAtAndImported() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        const QString yaml = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(yaml, "workspace: w\nrole: approver\nconnections: {local: {kind: local, root: state}}\nmodels: {}\n"));
        WindowOptions options;
        options.preferencesFile = m_folder.filePath(QStringLiteral("preferences.json"));
        options.sessionFile = m_folder.filePath(QStringLiteral("session.json"));
        options.desktop = false;
        options.workspace = yaml;
        Pools pools(1);
        MainWindow window(pools, m_theme, options);
        window.resize(1280, 800);
        window.show();
        window.start();
        QTRY_VERIFY_WITH_TIMEOUT(window.fleet() && !window.snapshot().workspace.isEmpty(), slow);
        const auto look = [&](const QString &file) -> ui::ModelFileSheet * {
            window.actions().trigger(QStringLiteral("registry.inspect")); // as the palette and the key do
            QFileDialog *dialog = nullptr;
            if (!QTest::qWaitFor([&] { return (dialog = window.findChild<QFileDialog *>()) && dialog->isVisible(); }, slow))
                return nullptr;
            QPointer<QFileDialog> closing = dialog;
            Q_EMIT dialog->fileSelected(file);
            dialog->reject();
            ui::ModelFileSheet *sheet = nullptr;
            (void)QTest::qWaitFor([&] { return !closing && (sheet = window.findChild<ui::ModelFileSheet *>()) && sheet->shown() != ui::ScreenState::Loading; }, slow);
            return sheet;
        };
        QPointer<ui::ModelFileSheet> sheet = look(sourceFile("artifact/pickles/logistic.joblib"));
        QVERIFY(sheet);
        QCOMPARE(sheet->shown(), ui::ScreenState::Full);
        QVERIFY(part<QPlainTextEdit>(sheet, "modelFileNames")->toPlainText().contains(Q("sklearn.linear_model._logistic.LogisticRegression")));
        QTest::mouseClick(part<ui::Button>(sheet, "modelFileClose"), Qt::LeftButton);
        QTRY_VERIFY(!sheet);

        sheet = look(sourceFile("data")); // a folder is no model
        QVERIFY(sheet);
        QCOMPARE(sheet->shown(), ui::ScreenState::Failed);
        sheet->reject();
        QTRY_VERIFY(!sheet);

        sheet = look(sourceFile("learn/imported/number.json"));
        QVERIFY(sheet);
        QCOMPARE(sheet->shown(), ui::ScreenState::Full);
        auto *start = part<ui::Button>(sheet, "modelFileImport");
        QVERIFY(!start->isEnabled());
        part<QLineEdit>(sheet, "importModel")->setText(QStringLiteral("price"));
        part<QLineEdit>(sheet, "importRows")->setText(sourceFile("learn/imported/number.csv"));
        part<QLineEdit>(sheet, "importExpected")->setText(QStringLiteral("y")); // these are not its predictions
        QVERIFY(start->isEnabled());
        QTest::mouseClick(start, Qt::LeftButton);
        QTRY_VERIFY2_WITH_TIMEOUT(part<QLabel>(sheet, "modelFileTold")->text().contains(Q("not the expected ones")), qPrintable(part<QLabel>(sheet, "modelFileTold")->text()), slow);
        part<QLineEdit>(sheet, "importExpected")->setText(QStringLiteral("p0"));
        part<QLineEdit>(sheet, "importTarget")->setText(QStringLiteral("y"));
        QTRY_VERIFY(start->isEnabled());
        QTest::mouseClick(start, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!sheet, slow); // it closes when it is done
        QCOMPARE(window.currentPanel(), QStringLiteral("models"));
        QTRY_COMPARE_WITH_TIMEOUT(window.snapshot().versions.size(), std::size_t(1), slow);
        QCOMPARE(window.snapshot().versions.front().model, QStringLiteral("price"));
        QCOMPARE(window.snapshot().versions.front().tags.value(QStringLiteral("import")), QStringLiteral("verified"));
    }
};

int main(int argc, char **argv) { return runInOwnHome<TestModelFileSheet>(argc, argv); }
#include "tst_model_file.moc"
