<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>berth</name>
    <message numerus="yes">
        <source>%n being opened</source>
        <translation><numerusform>%n being opened</numerusform><numerusform>%n being opened</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n cookie(s) put into {name}</source>
        <translation><numerusform>%n cookie put into {name}</numerusform><numerusform>%n cookies put into {name}</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n cookie(s) written to {file}</source>
        <translation><numerusform>%n cookie written to {file}</numerusform><numerusform>%n cookies written to {file}</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n d ago</source>
        <translation><numerusform>%n d ago</numerusform><numerusform>%n d ago</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n h ago</source>
        <translation><numerusform>%n h ago</numerusform><numerusform>%n h ago</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n known already</source>
        <translation><numerusform>%n known already</numerusform><numerusform>%n known already</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n line(s) could be added.</source>
        <translation><numerusform>%n line could be added.</numerusform><numerusform>%n lines could be added.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n min ago</source>
        <translation><numerusform>%n min ago</numerusform><numerusform>%n min ago</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation><numerusform>%n more</numerusform><numerusform>%n more</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n more were refused as well.</source>
        <translation><numerusform>%n more was refused as well.</numerusform><numerusform>%n more were refused as well.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n new note(s)</source>
        <translation><numerusform>%n new note</numerusform><numerusform>%n new notes</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n other proxy(ies) come out there</source>
        <translation><numerusform>%n other proxy comes out there</numerusform><numerusform>%n other proxies come out there</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n other store(s) came out there, now or before</source>
        <translation><numerusform>%n other store came out there, now or before</numerusform><numerusform>%n other stores came out there, now or before</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n proxy(ies)</source>
        <translation><numerusform>%n proxy</numerusform><numerusform>%n proxies</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n proxy(ies) added.</source>
        <translation><numerusform>%n proxy added.</numerusform><numerusform>%n proxies added.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n proxy(ies) deleted</source>
        <translation><numerusform>%n proxy deleted</numerusform><numerusform>%n proxies deleted</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n proxy(ies) selected</source>
        <translation><numerusform>%n proxy selected</numerusform><numerusform>%n proxies selected</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n proxy(ies) work</source>
        <translation><numerusform>%n proxy works</numerusform><numerusform>%n proxies work</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n ready</source>
        <translation><numerusform>%n ready</numerusform><numerusform>%n ready</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n refused by the browser:</source>
        <translation><numerusform>%n refused by the browser:</numerusform><numerusform>%n refused by the browser:</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n saved proxy(ies) belong to no store.</source>
        <translation><numerusform>%n saved proxy belongs to no store.</numerusform><numerusform>%n saved proxies belong to no store.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation><numerusform>%n selected</numerusform><numerusform>%n selected</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s)</source>
        <translation><numerusform>%n store</numerusform><numerusform>%n stores</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) moved to the bin</source>
        <translation><numerusform>%n store moved to the bin</numerusform><numerusform>%n stores moved to the bin</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) removed for good</source>
        <translation><numerusform>%n store removed for good</numerusform><numerusform>%n stores removed for good</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) restored</source>
        <translation><numerusform>%n store restored</numerusform><numerusform>%n stores restored</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) selected</source>
        <translation><numerusform>%n store selected</numerusform><numerusform>%n stores selected</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) share it</source>
        <translation><numerusform>%n store uses it</numerusform><numerusform>%n stores share it</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n store(s) with a proxy that expires soon</source>
        <translation><numerusform>%n store with a proxy that expires soon</numerusform><numerusform>%n stores with a proxy that expires soon</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n tab(s)</source>
        <translation><numerusform>%n tab</numerusform><numerusform>%n tabs</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n will be changed:</source>
        <translation><numerusform>%n will be changed:</numerusform><numerusform>%n will be changed:</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n will be refused:</source>
        <translation><numerusform>%n will be refused:</numerusform><numerusform>%n will be refused:</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n window(s) asleep; their tabs are kept.</source>
        <translation><numerusform>%n window asleep; its tabs are kept.</numerusform><numerusform>%n windows asleep; their tabs are kept.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n window(s) open</source>
        <translation><numerusform>%n window open</numerusform><numerusform>%n windows open</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n window(s) still open</source>
        <translation><numerusform>%n window still open</numerusform><numerusform>%n windows still open</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n window(s) still open; they go on</source>
        <translation><numerusform>%n window still open; it goes on</numerusform><numerusform>%n windows still open; they go on</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n with two readings</source>
        <translation><numerusform>%n with two readings</numerusform><numerusform>%n with two readings</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n wrong</source>
        <translation><numerusform>%n wrong</numerusform><numerusform>%n wrong</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Add %n proxy(ies)</source>
        <translation><numerusform>Add %n proxy</numerusform><numerusform>Add %n proxies</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Add tags to %n store(s)</source>
        <translation><numerusform>Add tags to %n store</numerusform><numerusform>Add tags to %n stores</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation><numerusform>and %n more</numerusform><numerusform>and %n more</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Changed %n store(s)</source>
        <translation><numerusform>Changed %n store</numerusform><numerusform>Changed %n stores</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Check %n proxy(ies)?</source>
        <translation><numerusform>Check %n proxy?</numerusform><numerusform>Check %n proxies?</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Delete %n proxy(ies)?</source>
        <translation><numerusform>Delete %n proxy?</numerusform><numerusform>Delete %n proxies?</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Deleted stores can be restored for %n day(s).</source>
        <translation><numerusform>Deleted stores can be restored for %n day.</numerusform><numerusform>Deleted stores can be restored for %n days.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>For %n store(s)</source>
        <translation><numerusform>For %n store</numerusform><numerusform>For %n stores</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Hide %n green line(s)</source>
        <translation><numerusform>Hide %n green line</numerusform><numerusform>Hide %n green lines</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>in %n d</source>
        <translation><numerusform>in %n d</numerusform><numerusform>in %n d</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>In %n month(s)</source>
        <translation><numerusform>In %n month</numerusform><numerusform>In %n months</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Open %n window(s)?</source>
        <translation><numerusform>Open %n window?</numerusform><numerusform>Open %n windows?</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Put %n cookie(s) into {name}?</source>
        <translation><numerusform>Put %n cookie into {name}?</numerusform><numerusform>Put %n cookies into {name}?</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Put %n store(s) into a group</source>
        <translation><numerusform>Put %n store into a group</numerusform><numerusform>Put %n stores into a group</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Remove %n store(s) for good?</source>
        <translation><numerusform>Remove %n store for good?</numerusform><numerusform>Remove %n stores for good?</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Restore %n window(s)</source>
        <translation><numerusform>Restore %n window</numerusform><numerusform>Restore %n windows</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Same languages, time zone, scale and cores as {names}: a shop cannot tell these profiles apart by them.</source>
        <translation><numerusform>Same languages, time zone, scale and cores as {names}: a shop cannot tell the two profiles apart by them.</numerusform><numerusform>Same languages, time zone, scale and cores as {names}: a shop cannot tell these profiles apart by them.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Show %n green line(s)</source>
        <translation><numerusform>Show %n green line</numerusform><numerusform>Show %n green lines</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>used by %n</source>
        <translation><numerusform>used by %n store</numerusform><numerusform>used by %n stores</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>{first} to {last}, %n times</source>
        <translation><numerusform>{first} to {last}, %n times</numerusform><numerusform>{first} to {last}, %n times</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation><numerusform>… and %n more</numerusform><numerusform>… and %n more</numerusform></translation>
    </message>
</context>
</TS>
