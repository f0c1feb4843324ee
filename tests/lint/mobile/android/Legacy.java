package com.shop.legacy;

import com.mixpanel.android.mpmetrics.MixpanelAPI;
import java.util.HashMap;
import java.util.Map;
import org.json.JSONException;
import org.json.JSONObject;

/** What has not been moved to Kotlin yet. It isn't much. */
public class Legacy {
    private static final String LOG_IN = "Log In";
    private final MixpanelAPI mMixpanel;

    public Legacy(MixpanelAPI mixpanel) {
        this.mMixpanel = mixpanel;
    }

    public void loggedIn(String plan) throws JSONException {
        JSONObject props = new JSONObject();
        props.put("plan", plan);
        props.put("country", "DE");
        mMixpanel.track(LOG_IN, props);
        Map<String, Object> more = new HashMap<>();
        more.put("page", "/login");
        more.put("pagge", "/login"); // MISTAKE unknown-property
        mMixpanel.trackMap("Page View", more);
    }

    public void failed() {
        mMixpanel.track("sign_in_faild"); // MISTAKE unknown-event
        mMixpanel.getPeople().increment("orders", 1);
        char quote = '"';
        mMixpanel.registerSuperPropertiesMap(Map.of("plan", "free", "build", 7));
    }
}
