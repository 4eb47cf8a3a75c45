; UNTESTED: written without a Windows machine at hand; neither compiled nor run. Inno Setup 6.
; iscc /DVersion=0.1.0 resources\installer\berth.iss, after `python -m resources.installer.build`, which fills
; dist\berth. Sign berth.exe, Berth-window.exe and the setup afterwards.
#ifndef Version
  #error "Name the version: iscc /DVersion=0.1.0 berth.iss"
#endif
#define Source "..\..\dist\berth"

[Setup]
AppId={{6B8E6E0A-8E0B-4B7E-9C55-0F9E4C6B2C41}
AppName=Berth
AppVersion={#Version}
AppVerName=Berth {#Version}
AppPublisher=Berth contributors
DefaultDirName={autopf}\Berth
DefaultGroupName=Berth
DisableProgramGroupPage=yes
; For one person, without an administrator; whoever is one may choose all people.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
OutputDir=..\..\dist
OutputBaseFilename=berth_{#Version}_setup
SetupIconFile=..\..\build\icons\berth.ico
UninstallDisplayIcon={app}\Berth-window.exe
LicenseFile=..\..\LICENSE
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
; The window program and the keeper have files open.
CloseApplications=yes
RestartApplications=no
ChangesEnvironment=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[CustomMessages]
en.OnPath=Put the &berth command on the path

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked
Name: "path"; Description: "{cm:OnPath}"; Flags: unchecked

[InstallDelete]
; Libraries of an older version must not lie beside those of the new one.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Source}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\Berth"; Filename: "{app}\Berth-window.exe"; AppUserModelID: "Berth"
Name: "{autodesktop}\Berth"; Filename: "{app}\Berth-window.exe"; AppUserModelID: "Berth"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: IsNotOnPath and not IsAdminInstallMode

[Run]
Filename: "{app}\Berth-window.exe"; Description: "{cm:LaunchProgram,Berth}"; Flags: nowait postinstall skipifsilent

; What a person made is not the program's: vault and profiles stay when it is removed.

[Code]
function IsNotOnPath(): Boolean;
var
  Path: string;
begin
  if not RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Path) then
    Path := '';
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Path) + ';') = 0;
end;
